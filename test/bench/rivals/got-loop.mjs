// Many look-ups with bare got: node got-loop.mjs URL COUNT CONCURRENCY
import { Agent } from 'node:http';
import { got } from 'got';
import { loop } from './loop.mjs';

const agent = { http: new Agent({ keepAlive: true }) };
await loop(async (url) => (await got(url, { agent, responseType: 'json' })).body);
agent.http.destroy();
