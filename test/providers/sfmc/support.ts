import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../../../src/core/fault.ts';
import type { HttpRequest, Reply, Send } from '../../../src/core/http.ts';
import { Secret } from '../../../src/core/secret.ts';
import { Settings } from '../../../src/core/settings.ts';

export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/sfmc/${name}.json`, import.meta.url), 'utf8'));
}

export interface Given {
  readonly subdomain?: string;
  readonly accountId?: string;
  readonly utcOffset?: string;
  readonly authUrl?: string;
  readonly restUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly accessToken?: string;
}

/** Settings as the config would resolve them. */
export function settingsOf(given: Given = {}): Settings {
  const secrets = ['clientId', 'clientSecret', 'accessToken'];
  const urls = ['authUrl', 'restUrl'];
  const entries = Object.entries(given).map(([key, text]): [string, string | URL | Secret] => {
    if (secrets.includes(key)) return [key, new Secret(text, key)];
    return [key, urls.includes(key) ? new URL(text) : text];
  });
  return new Settings(new Map(entries));
}

export function replyOf(status: number, body: unknown): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: {}, bytes: new TextEncoder().encode(text) };
}

export function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault was thrown');
}

/** The least that keeps the contract of `Send`: one attempt, over a real socket. */
export const send: Send = async (request, bounds) => {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, revealed(value)]));
  const body = request.json === undefined ? null : JSON.stringify(revealedAll(request.json));
  const reply = await fetch(request.url, {
    method: request.method,
    headers,
    body,
    redirect: 'manual',
    signal: bounds.signal,
  }).then(
    async (answer): Promise<Reply> => ({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      bytes: new Uint8Array(await answer.arrayBuffer()),
    }),
    () => new Fault(bounds.signal.aborted ? 'interrupted' : 'connection-lost', { message: 'the exchange broke off' }),
  );
  return { reply, attempts: 1, durationMs: 1 };
};

function revealedAll(json: NonNullable<HttpRequest['json']>) {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, revealed(value)]));
}

function revealed<Plain>(value: Plain | Secret): Plain | string {
  return value instanceof Secret ? value.reveal() : value;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly json: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** A server on loopback that answers as it is told and remembers what it was asked. */
export async function serve(answer: (seen: Seen, nth: number) => Answer | Promise<Answer>) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const one: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      json: text === '' ? null : JSON.parse(text),
    };
    seen.push(one);
    const { status, body } = await answer(one, seen.length - 1);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
