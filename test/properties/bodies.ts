import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { decodeText, parseJson } from '../../src/core/json.ts';
import type { MessageStatus, Provider } from '../../src/core/provider.ts';
import { resultSchema } from '../../src/core/record.ts';
import { resultOf } from '../../src/core/result.ts';
import { Settings } from '../../src/core/settings.ts';
import { loadProviders } from '../../src/providers/index.ts';
import type { Random } from '../support/random.ts';
import { changedBytes, changedTree, pick } from './mutation.ts';

const providers = await loadProviders();

/** Bodies, each a documented one that something happened to, through all that reads bodies. */

/** By docs/providers: the only words out of which a success can come. */
const successful: Readonly<Record<string, RegExp>> = {
  sendblue: /^\s*(sent|success|downgraded|delivered|read|received)\s*$/i,
  sent: /^(delivered|read|received)$/i,
  sfmc: /^(.*\.)?\s*(smssent|smsdelivered)\s*$/is,
};

/** Any spelling of a word that stands for success, in whatever place. */
const anySuccess = new RegExp(`sent|success|downgraded|delivered|read|received|${wordsOfSuccess().join('|')}`, 'gi');

function wordsOfSuccess(): string[] {
  const rows = Object.values(providers).flatMap(({ words = [] }) => words);
  return rows.filter(({ status }) => status.outcome === 'success').map(({ word }) => word.replace(/\W/g, '\\$&'));
}

type Read = (body: unknown) => { readonly id: string; readonly finding: MessageStatus };

interface Reader {
  readonly name: string;
  readonly read: Read;
}

interface Source {
  readonly provider: string;
  readonly file: string;
  readonly bytes: Buffer;
  readonly readers: readonly Reader[];
}

const settings = new Settings(new Map());
const sources = (await Promise.all(Object.keys(providers).map(sourcesOf))).flat();

async function sourcesOf(id: string): Promise<Source[]> {
  const provider = providers[id]!;
  const decode = await provider.decoder();
  const folder = new URL(`../fixtures/${id}/`, import.meta.url);
  return readdirSync(folder).map((file) => {
    const bytes = readFileSync(new URL(file, folder));
    const asked = askedIn(JSON.parse(bytes.toString('utf8')), provider);
    const lookups = Object.entries(provider.operations).map(([name, { read }]) => ({
      name,
      read: (body: unknown) => ({ id: asked, finding: read(body, { id: asked, settings }) }),
    }));
    return {
      provider: id,
      file,
      bytes,
      readers: [...lookups, { name: 'decode', read: (body) => decode(body, settings) }],
    };
  });
}

/** The id that a body is about, so that a body as it was is a good answer: what a look-up must be for to take it. */
function askedIn(body: unknown, { operations }: Provider): string {
  const takes = (id: string) =>
    Object.values(operations).some(({ read }) => isAnswer(() => read(body, { id, settings })));
  return textsIn(body).find(takes) ?? 'id-1';
}

function isAnswer(read: () => unknown): boolean {
  try {
    return read() !== null;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsIn);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

interface Body {
  readonly bytes: Buffer;
  /** No word that means success is left anywhere in it. */
  readonly garbage: boolean;
}

function mutated(source: Source, random: Random): Body {
  const fate = random();
  if (fate < 0.3) return { bytes: destroyed(source.bytes, random), garbage: true };
  if (fate < 0.65) return { bytes: changedBytes(source.bytes, random, pick(random, sources).bytes), garbage: false };
  const tree = changedTree(JSON.parse(source.bytes.toString('utf8')), random);
  return { bytes: Buffer.from(JSON.stringify(tree) ?? ''), garbage: false };
}

/** The body as it was, but with every word of success made into one that nobody knows. */
function destroyed(bytes: Buffer, random: Random): Buffer {
  const letters = 'BCFGHJKLMNPQVWXZ0189-_.ßéЖ中 ';
  const garble = (word: string) => Array.from(word, () => pick(random, [...letters])).join('');
  return Buffer.from(bytes.toString('utf8').replace(/(?<=:\s*")[^"]*/g, (value) => value.replace(anySuccess, garble)));
}

const result = { faults: 0, findings: 0, successes: 0, unknown: 0 };

/** Throws for whatever must not happen. */
function readOnce({ provider, readers }: Source, { bytes, garbage }: Body): void {
  const body = quietly(() => parseJson(decodeText(bytes)));
  if (body instanceof Fault) return;
  for (const { name, read } of readers) {
    const answer = quietly(() => read(body));
    if (answer instanceof Fault) continue;
    count(answer.finding);
    expectDeserved(answer.finding, provider, garbage);
    expectRecord({ index: 0, provider: { id: provider }, operation: name, id: answer.id }, answer.finding);
  }
}

/** The fault as a value; anything else that is thrown is a bug. */
function quietly<T>(work: () => T): T | Fault {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    result.faults += 1;
    return error;
  }
}

function count({ status }: MessageStatus): void {
  result.findings += 1;
  if (status.outcome === 'success') result.successes += 1;
  if (status.outcome === 'unknown') result.unknown += 1;
}

function expectDeserved({ status, providerState }: MessageStatus, provider: string, garbage: boolean): void {
  if (status.outcome !== 'success') return;
  if (garbage) throw new Error(`a success out of garbage: ${providerState}`);
  if (successful[provider]?.test(providerState) === false) throw new Error(`a success out of ${providerState}`);
}

/** Whatever was read makes a record that keeps the published schema, and that JSON can hold. */
function expectRecord(asked: Parameters<typeof resultOf>[0], finding: MessageStatus): void {
  const answer = { kind: 'answer', value: finding, request: null, mock: false } as const;
  const record = resultOf(asked, answer, { exit: 'ok', checkedAt: 0, raw: false });
  const { success, issues } = v.safeParse(resultSchema, JSON.parse(JSON.stringify(record)));
  if (!success) throw new Error(`no record of the schema: ${issues[0].message}`);
}

/** Fails where one of `bodies` makes what is neither a fault nor a sound record, or a success out of garbage. */
export function readMutatedBodies(bodies: number, random: Random): void {
  Object.assign(result, { faults: 0, findings: 0, successes: 0, unknown: 0 });
  for (let i = 0; i < bodies; i += 1) {
    const source = pick(random, sources);
    const body = mutated(source, random);
    try {
      readOnce(source, body);
    } catch (error) {
      const text = JSON.stringify(body.bytes.toString('utf8').slice(0, 4000));
      throw new Error(`body ${i} of ${source.provider}/${source.file}: ${text}`, { cause: error });
    }
  }
  // Most of what was tried got far enough to be read.
  expect(result.findings).toBeGreaterThan(bodies / 4);
  expect(result.faults).toBeGreaterThan(bodies / 4);
  expect(result.successes).toBeGreaterThan(bodies / 100);
  expect(result.unknown).toBeGreaterThan(bodies / 100);
}
