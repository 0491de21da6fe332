// Many look-ups with undici: node undici-loop.mjs URL COUNT CONCURRENCY
import { Agent, request } from 'undici';
import { loop } from './loop.mjs';

const dispatcher = new Agent({ connections: Number(process.argv[4]) });
await loop(async (url) => (await request(url, { dispatcher })).body.json());
await dispatcher.close();
