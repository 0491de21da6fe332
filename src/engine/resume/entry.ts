import * as v from 'valibot';
import type { ExitName } from '../../core/exit.ts';
import type { Expectation, ItemRef } from '../../core/item.ts';
import type { ByteLine } from '../../core/lines.ts';
import { type Result, resultSchema } from '../../core/record.ts';
import { finalSent, statuses } from '../../core/state.ts';
import { type StatusFacts, type Verdict, verdictOfStatus } from '../../core/verdict.ts';

/** Where a record lies in the file, and as much of it as tells whether it must be asked for again. */
export interface JournalEntry {
  readonly offset: number;
  /** Bytes, the line end included. */
  readonly length: number;
  readonly exit: ExitName;
  /** Null for a look-up that failed: nothing is settled by it. */
  readonly facts: StatusFacts | null;
  /** The record does not contradict itself, nor another one of the file. */
  readonly isSound: boolean;
  /** The record contradicts itself in what it says of the message, so that not even its being final can be told. */
  readonly contradictsItself: boolean;
  /** The account that was asked, by its tag; null where the record does not say. */
  readonly account: string | null;
  /** The address that was asked. */
  readonly url: string | null;
  readonly mock: boolean;
}

/** A record as a line of the file has it. */
export type JournalRecord = Result & { readonly account?: unknown };

export function entryOf(record: JournalRecord, offset: number, length: number): JournalEntry {
  const { exit, account, request, mock } = record;
  return {
    offset,
    length,
    exit: exit.name,
    facts: factsOf(record),
    isSound: isSound(record),
    contradictsItself: contradictsItself(record),
    account: typeof account === 'string' ? account : null,
    url: request?.url ?? null,
    mock,
  };
}

/** A record whose state, outcome, id and address belong together. */
function isSound(record: Result): boolean {
  const { state, id, request, redacted, details } = record;
  if (request === null || state === null || contradictsItself(record)) return false;
  // A mask may have changed the address, and that of a list names no id.
  return redacted || details['via'] === 'list' || request.url.includes(encodeURIComponent(id));
}

function contradictsItself({ error, state, outcome, terminal }: Result): boolean {
  if (state === null || error !== null) return error === null || state !== null;
  const known = [statuses[state], ...(state === 'sent' ? [finalSent] : [])];
  return !known.some((status) => status.outcome === outcome && status.terminal === terminal);
}

/** Of two records about one message the later one counts; two that are final and differ are both not to be believed. */
export function compareEntries(before: JournalEntry | undefined, entry: JournalEntry): JournalEntry {
  const [one, other] = [before?.facts?.status, entry.facts?.status];
  const contradicts = one?.terminal === true && other?.terminal === true && one.outcome !== other.outcome;
  return contradicts ? { ...entry, isSound: false } : entry;
}

/** Whom a run asks, as far as a file must tell. */
export interface AccountOrigin {
  /** Tells nothing of the credentials. */
  readonly tag: string;
  /** A mock server that lives as long as the run. */
  readonly mock: boolean;
  /** Whether an address may be one of the account's. */
  isHost(url: string): boolean;
}

/** Whether a record says what this account would. One that names no account is from stdout, or from an earlier release. */
export function isFrom({ account, url, mock, isSound }: JournalEntry, origin: AccountOrigin): boolean {
  if (!isSound || url === null) return false;
  if (origin.mock) return mock;
  return account === null ? origin.isHost(url) : account === origin.tag;
}

function factsOf({ error, state, outcome, terminal, channel }: Result): StatusFacts | null {
  if (error !== null || state === null || outcome === null || terminal === null) return null;
  return { status: { state, outcome, terminal }, channel };
}

/** How a record is to be judged now; null where it does not settle that. */
export function finalVerdict({ facts }: JournalEntry, expectation: Expectation): Verdict | null {
  if (facts === null) return null;
  const verdict = verdictOfStatus(facts, expectation);
  return verdict.final ? verdict : null;
}

/** What a message is known by: a file holds one record for each. */
export function keyOf({ provider, operation, id }: Pick<ItemRef, 'provider' | 'operation' | 'id'>): string {
  return JSON.stringify([provider.id, operation, id]);
}

export function keyOfRecord({ provider, operation, id }: Result): string {
  return keyOf({ provider: { id: provider }, operation, id });
}

/**
 * Null for a line that is no record of ours. One of an earlier release lacks the fields that were added since: what may be
 * null is null there, and a list is empty. `schema`: the record's, another one in tests.
 */
export function recordIn(bytes: Buffer, schema: v.GenericSchema = resultSchema): JournalRecord | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (v.is(schema, value)) return value as Result;
    const filled = fillMissing(value, schema as FillableShape);
    return v.is(schema, filled) ? (filled as Result) : null;
  } catch {
    return null;
  }
}

/** As much of a valibot schema as tells what may be missing. */
interface FillableShape {
  readonly type: string;
  readonly entries?: Readonly<Record<string, FillableShape>>;
  readonly wrapped?: FillableShape;
  readonly item?: FillableShape;
}

function fillMissing(value: unknown, { type, entries, wrapped, item }: FillableShape): unknown {
  if (type === 'nullable') return value == null || wrapped === undefined ? null : fillMissing(value, wrapped);
  if (type === 'array') return fillEach(value ?? [], item);
  if (type !== 'object' || entries === undefined || typeof value !== 'object' || value === null) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [key, shape] of Object.entries(entries)) {
    if (shape.type !== 'optional') filled[key] = fillMissing(filled[key], shape);
  }
  return filled;
}

function fillEach(values: unknown, shape: FillableShape | undefined): unknown {
  return Array.isArray(values) && shape !== undefined ? values.map((each) => fillMissing(each, shape)) : values;
}

const beginning = Buffer.from('{"schema":"sbstatus.result/');

/**
 * Whether a line is what is left of a record of ours, or of several: the beginning of one without a line end, from a run
 * that was killed; or one in which a power cut has put zeros in place of what was not on the disk yet.
 */
export function isCut({ bytes, whole, tooLong }: ByteLine): boolean {
  if (tooLong) return false;
  const zero = bytes.indexOf(0);
  if (zero === -1) return !whole && mayBeRecord(bytes);
  if (zero > 0) return mayBeRecord(bytes.subarray(0, zero));
  return bytes.every((byte) => byte === 0) || (whole && bytes.at(-1) === closing);
}

const closing = 0x7d;

/** Whether bytes are the beginning of such a file, or of what a power cut left of one. */
export function mayBeCopy(bytes: Buffer): boolean {
  return mayBeRecord(bytes) || bytes.every((byte) => byte === 0);
}

/** Whether bytes are the beginning of a record of ours. */
function mayBeRecord(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, beginning.length);
  return bytes.subarray(0, length).equals(beginning.subarray(0, length));
}
