import type { MockReply, MockRequest, MockRoute } from '../../core/mock.ts';
import { messageBody, plays, sceneOf } from './mock-messages.ts';

/** Messages of the mock's account. */
const count = 2345;
const minute = 60_000;
const mostRows = 100;
/** So many further pages make the account grow; an offset far behind its end makes no list of that length. */
const mostPages = 1000;

/** What an account does between two pages is asked for by words in `--account-email`: `growing.silent@example.com`. */
const habits = {
  /** A message comes in before each further page. */
  growing: 'growing',
  /** Pages do not say `hasMore`. */
  silent: 'silent',
  /** The second page is a 500. */
  breaking: 'breaking',
} as const;

type ListRow = Readonly<Record<string, unknown>> & { readonly message_handle: string };

/** GET /api/v2/messages over an account of 2,345 messages, one every ten minutes; each can be asked for by `get`. */
export function listRoute({ refuse, fail }: Pick<MockRoute, 'refuse' | 'fail'>): MockRoute {
  return { method: 'GET', path: '/api/v2/messages', answer: (request) => answer(request, fail), refuse, fail };
}

function answer({ query, now }: MockRequest, fail: (status: number) => MockReply): MockReply {
  const habit = query.get('account_email') ?? '';
  const limit = rowsOf(query.get('limit'), mostRows);
  const offset = rowsOf(query.get('offset'), 0);
  if (limit === null || offset === null || limit === 0) return fail(400);
  const further = Math.min(mostPages, Math.ceil(offset / limit));
  if (habit.includes(habits.breaking) && further > 0) return fail(500);
  const grown = habit.includes(habits.growing) ? further : 0;
  const all = sortRows(accountOf(count + grown, now).filter(filterOf(query)), query);
  const rows = all.slice(offset, offset + limit);
  const total = all.length;
  const hasMore = habit.includes(habits.silent) ? {} : { hasMore: offset + rows.length < total };
  return { status: 200, body: { status: 'OK', data: rows, pagination: { limit, offset, total, ...hasMore } } };
}

/** Whole and at most what a page holds; null for what is no number. */
function rowsOf(text: string | null, absent: number): number | null {
  if (text === null) return absent;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

const names = Object.keys(plays).filter((name) => !['moving', 'failing', 'bare'].includes(name));

/** The oldest first. Two looks within an hour see the same account. */
function accountOf(size: number, now: number): ListRow[] {
  return Array.from({ length: size }, (_, place) => {
    const id = idAt(place);
    const scene = sceneOf(id, 0);
    return { ...(scene === null ? {} : messageBody(id, scene, timeAt(place, now))), message_handle: id };
  });
}

/** `place`: from 0 for the oldest. */
function idAt(place: number): string {
  return `${names[place % names.length]}-${String(place + 1).padStart(5, '0')}`;
}

/** The `now` by which the message of a place has its dates. */
function timeAt(place: number, now: number): number {
  const newest = Math.floor(now / (60 * minute)) * 60 * minute;
  return newest - (count - place) * 10 * minute + minute;
}

/** The same for a look-up, so that it tells what the list tells; `now` itself for a message that is not in the account. */
export function timeOf(id: string, now: number): number {
  const place = Number(/-(\d{5})$/.exec(id)?.[1] ?? 0) - 1;
  return place >= 0 && place < count && idAt(place) === id ? timeAt(place, now) : now;
}

/** Parameters that ask for the field of their own name. */
const equals = 'from_number to_number sendblue_number group_id service status is_outbound message_type'.split(' ');

const times: Readonly<Record<string, string>> = {
  created_at: 'date_created',
  updated_at: 'date_updated',
  sent_at: 'date_sent',
};

function filterOf(query: URLSearchParams): (message: ListRow) => boolean {
  const tests: ((message: ListRow) => boolean)[] = [];
  for (const field of equals) {
    const wanted = query.get(field);
    if (wanted !== null) tests.push((message) => String(message[field]) === wanted);
  }
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

function sortRows(messages: ListRow[], query: URLSearchParams): ListRow[] {
  const field = sortFields.get(query.get('order_by') ?? 'createdAt') ?? 'date_created';
  const way = query.get('order_direction') === 'asc' ? 1 : -1;
  return messages.sort((a, b) => way * (Date.parse(String(a[field])) - Date.parse(String(b[field]))));
}
