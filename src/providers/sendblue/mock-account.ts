import type { MockReply, MockRequest } from '../../core/mock.ts';
import { type MockBody, messageBody, plays, sceneOf } from './mock-messages.ts';

/** Messages that the account begins with, one every ten minutes. */
const count = 2345;
const minute = 60_000;
/** The guide's figure; the reference allows more for a page. What is asked beyond it is cut to it. */
const mostRows = 100;
/** So many further pages make the account grow; an offset far behind its end makes no list of that length. */
const mostPages = 1000;
/** Sent messages that are kept; the oldest is forgotten for a new one. */
const mostSent = 10_000;

/** What an account does between two pages is asked for by words in `--account-email`: `growing.silent@example.com`. */
const habits = {
  /** A message comes in before each further page. */
  growing: 'growing',
  /** Pages do not say `hasMore`. */
  silent: 'silent',
  /** The second page is a 500. */
  breaking: 'breaking',
} as const;

interface SentEntry {
  /** What was sent and when, in the fields that a message has for it. */
  fields: Readonly<Record<string, unknown>>;
  /** How often it was asked for before the last look. */
  asked: number;
  /** How often a page of the list has told of it, which moves it on too. */
  listed: number;
}

type Look = Pick<MockRequest, 'asked' | 'firstAsked' | 'started'>;

/** The messages of the mock's account: those that it begins with, and those that were sent. */
export class MockAccount {
  readonly #sent = new Map<string, SentEntry>();
  readonly #made: MockBody[] = [];

  /** Sends nothing. The handle moves like `moving`, so that a script which sends and waits can be tried whole. */
  send(fields: Readonly<Record<string, unknown>>, now: number): MockBody {
    const handle = `moving-${crypto.randomUUID()}`;
    const date = new Date(now).toISOString();
    const dates = { date_created: date, date_sent: date, date_updated: date };
    this.#sent.set(handle, { fields: { ...fields, ...dates }, asked: 0, listed: 0 });
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > mostSent && oldest !== undefined) this.#sent.delete(oldest);
    return this.find(handle, { asked: 0, firstAsked: now, started: now }) ?? {};
  }

  /** The message of an id, in the account or made up for it; null for one that the mock does not know. */
  find(id: string, { asked, firstAsked, started }: Look): MockBody | null {
    const sent = this.#sent.get(id);
    const scene = sceneOf(id, asked + (sent?.listed ?? 0));
    if (scene === null) return null;
    const made = Math.floor(firstAsked / minute) * minute - minute;
    const body = messageBody(id, scene, createdAt(placeOf(id), started) ?? made);
    if (sent === undefined) return body;
    sent.asked = asked;
    return { ...body, ...sent.fields };
  }

  /** GET /api/v2/messages. */
  list({ query, started, now }: MockRequest, fail: (status: number) => MockReply): MockReply {
    const limit = rowsOf(query.get('limit'), mostRows);
    const offset = rowsOf(query.get('offset'), 0);
    if (limit === null || offset === null || limit === 0) return fail(400);
    const habit = query.get('account_email') ?? '';
    const further = Math.min(mostPages, Math.ceil(offset / limit));
    if (habit.includes(habits.breaking) && further > 0) return fail(500);
    const grown = habit.includes(habits.growing) ? further : 0;
    const all = this.#rows(count + grown, started).map((row) => ofMember(row, habit));
    const found = sortRows(all.filter(filterOf(query)), query);
    const rows = found.slice(offset, offset + Math.min(limit, mostRows));
    for (const row of rows) this.#moveOn(row, now);
    const hasMore = habit.includes(habits.silent) ? {} : { hasMore: offset + rows.length < found.length };
    const pagination = { limit: Math.min(limit, mostRows), offset, total: found.length, ...hasMore };
    return { status: 200, body: { status: 'OK', data: rows, pagination } };
  }

  /** A message that was sent, when a page has told of it. */
  #moveOn({ message_handle, status }: MockBody, now: number): void {
    const sent = this.#sent.get(String(message_handle));
    if (sent === undefined) return;
    sent.listed += 1;
    const hasChanged = sceneOf(String(message_handle), sent.asked + sent.listed)?.['status'] !== status;
    if (hasChanged) sent.fields = { ...sent.fields, date_updated: new Date(now).toISOString() };
  }

  #rows(size: number, started: number): MockBody[] {
    const look = { asked: 0, firstAsked: started, started };
    const rows = this.#old(size, look);
    for (const [id, { asked }] of [...this.#sent].reverse()) {
      const row = this.find(id, { ...look, asked });
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  /** Those that the account begins with never change, so they are made once. */
  #old(size: number, look: Look): MockBody[] {
    for (let place = this.#made.length; place < size; place += 1) this.#made.push(this.find(idAt(place), look) ?? {});
    return this.#made.slice(0, size);
  }
}

/** A habit is somebody's who has sent all messages. */
function ofMember(row: MockBody, email: string): MockBody {
  const isHabit = Object.values(habits).some((habit) => email.includes(habit));
  return isHabit ? { ...row, accountEmail: email } : row;
}

/** Null for what is no number. */
function rowsOf(text: string | null, absent: number): number | null {
  if (text === null) return absent;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

const names = Object.keys(plays).filter((name) => !['moving', 'failing', 'bare'].includes(name));

/** The id of the account's message at this place, from 0 for the oldest. */
function idAt(place: number): string {
  return `${names[place % names.length]}-${String(place + 1).padStart(5, '0')}`;
}

/** Where an id stands in the account; null for one that is not of it. */
function placeOf(id: string): number | null {
  const place = Number(/-(\d{5})$/.exec(id)?.[1] ?? 0) - 1;
  return place >= 0 && place < count + mostPages && idAt(place) === id ? place : null;
}

/** Two servers that begin within an hour have the same account. */
function createdAt(place: number | null, started: number): number | null {
  if (place === null) return null;
  const newest = Math.floor(started / (60 * minute)) * 60 * minute;
  return newest - (count - place) * 10 * minute;
}

/** Parameters that ask for the field of their own name. */
const equals = 'from_number to_number sendblue_number group_id service status is_outbound message_type'.split(' ');

const times: Readonly<Record<string, string>> = {
  created_at: 'date_created',
  updated_at: 'date_updated',
  sent_at: 'date_sent',
};

function filterOf(query: URLSearchParams): (message: MockBody) => boolean {
  const tests: ((message: MockBody) => boolean)[] = [];
  for (const field of equals) {
    const wanted = query.get(field);
    if (wanted !== null) tests.push((message) => String(message[field]) === wanted);
  }
  const email = query.get('account_email');
  if (email !== null) tests.push((message) => message['accountEmail'] === email);
  for (const [parameter, field] of Object.entries(times)) {
    const from = query.get(`${parameter}_gte`);
    const to = query.get(`${parameter}_lte`);
    if (from !== null) tests.push((message) => Date.parse(String(message[field])) >= Date.parse(from));
    if (to !== null) tests.push((message) => Date.parse(String(message[field])) <= Date.parse(to));
  }
  const number = query.get('number');
  if (number !== null) tests.push((message) => [message['from_number'], message['to_number']].includes(number));
  return (message) => tests.every((test) => test(message));
}

const sortFields: ReadonlyMap<string, string> = new Map([
  ['createdAt', 'date_created'],
  ['updatedAt', 'date_updated'],
  ['sentAt', 'date_sent'],
]);

function sortRows(messages: MockBody[], query: URLSearchParams): MockBody[] {
  const field = sortFields.get(query.get('order_by') ?? 'createdAt') ?? 'date_created';
  const way = query.get('order_direction') === 'asc' ? 1 : -1;
  return messages.sort((a, b) => way * (Date.parse(String(a[field])) - Date.parse(String(b[field]))));
}
