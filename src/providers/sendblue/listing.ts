import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';
import type { Bulk, BulkRow, Filter, ListedMessage, Listing, Page } from '../../core/provider.ts';
import { utc } from '../../core/time.ts';
import { readMessage, withServiceWarning } from './api.ts';
import { refuseError } from './errors.ts';
import { messageOf } from './wire.ts';

/** The reference says up to 1000 rows a page, Sendblue's guide and its own command line 100. */
const pageSize = 100;

const statusWords = 'REGISTERED PENDING QUEUED ACCEPTED SENT DELIVERED RECEIVED SUCCESS ERROR DECLINED'.split(' ');

/** Our states that are none of Sendblue's words. */
const stateWords = { queued: ['REGISTERED', 'PENDING', 'QUEUED', 'ACCEPTED'], failed: ['ERROR', 'DECLINED'] };

const filters: readonly Filter[] = [
  number('--number <number>', 'number', 'from or to this number'),
  number('--from <number>', 'from_number', 'from this number'),
  number('--to <number>', 'to_number', 'to this number'),
  number('--line <number>', 'sendblue_number', 'over this line of yours'),
  text('--group <id>', 'group_id', 'in this group'),
  text('--account-email <email>', 'account_email', 'of this member of the account'),
  choice('--direction <way>', 'is_outbound', 'sent or received', { outbound: 'true', inbound: 'false' }),
  choice('--service <name>', 'service', 'over this service', { imessage: 'iMessage', sms: 'SMS', rcs: 'RCS' }),
  choice('--status <word>', 'status', 'in this state, or with this Sendblue status', {
    ...identities(statusWords),
    ...stateWords,
  }),
  choice('--type <type>', 'message_type', 'to one person or to a group', identities(['message', 'group'])),
  time('--since <time>', 'created_at_gte', 'created at or after this time: 2h ago as 2h, or 2026-03-11'),
  time('--until <time>', 'created_at_lte', 'created at or before a time'),
  time('--updated-since <time>', 'updated_at_gte', 'changed at or after a time'),
  time('--updated-until <time>', 'updated_at_lte', 'changed at or before a time'),
  time('--sent-since <time>', 'sent_at_gte', 'sent at or after a time'),
  time('--sent-until <time>', 'sent_at_lte', 'sent at or before a time'),
  choice('--order-by <time>', 'order_by', 'sort by this time (default: created)', {
    created: 'createdAt',
    updated: 'updatedAt',
    sent: 'sentAt',
  }),
  choice(
    '--order <way>',
    'order_direction',
    'newest first or oldest first (default: desc)',
    identities(['desc', 'asc']),
  ),
];

/** GET /api/v2/messages, the account's messages. */
export const listing: Listing = {
  summary: 'list the messages of the account, newest first',
  filters,
  pageSize,
  target: (query, { offset, limit }) => ({
    path: ['api', 'v2', 'messages'],
    query: { ...query, limit: String(limit), offset: String(offset) },
  }),
  readPage,
};

const pageSchema = v.object({
  data: v.array(v.unknown()),
  status: v.optional(v.unknown()),
  pagination: v.fallback(v.nullable(v.object({ hasMore: v.fallback(v.nullable(v.boolean()), null) })), null),
});

function parsePage(body: unknown) {
  const { success, output } = v.safeParse(pageSchema, body);
  if (!success) throw new Fault('wrong-shape', { message: 'the answer holds no list of messages' });
  return output;
}

function readPage(body: unknown): Page {
  const { data, pagination } = parsePage(body);
  return { rows: data.map(readRow), more: pagination?.hasMore ?? null };
}

/** A row that cannot be read is no reason to lose the others. */
function readRow(body: unknown): ListedMessage {
  try {
    const message = messageOf(body);
    const id = message.message_handle;
    if (id === null) throw new Fault('wrong-shape', { message: 'the row names no message_handle' });
    return { id, result: withServiceWarning(readMessage(message, null)), body };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { id: null, result: error, body };
  }
}

/** The list in place of `get`, whose message object its rows are. It takes no handle as a filter. */
export const bulk: Bulk = {
  operation: 'get',
  pageSize,
  // The order by creation is Sendblue's own, which no parameter has to name.
  target: ({ by, since }, place) =>
    listing.target(
      {
        ...(since === null ? {} : { [by === 'created' ? 'created_at_gte' : 'updated_at_gte']: since }),
        ...(by === 'created' ? {} : { order_by: 'updatedAt', order_direction: 'desc' }),
      },
      place,
    ),
  readPage: (body) => {
    refuseError(body);
    const { data, status, pagination } = parsePage(body);
    return { rows: data.map((row) => bulkRow(row, status)), more: pagination?.hasMore ?? null };
  },
  isComplete: ({ channel }) => channel !== null,
};

const rowText = v.fallback(v.nullable(v.string()), null);
const rowSchema = v.object({
  message_handle: v.fallback(v.nullable(v.union([v.string(), v.number()])), null),
  date_updated: rowText,
  date_sent: rowText,
  date_created: rowText,
});

/** In the envelope of `get`, whose reader it is for. */
function bulkRow(row: unknown, status: unknown): BulkRow {
  const { success, output } = v.safeParse(rowSchema, row);
  const body = { status, data: row };
  if (!success) return { id: null, body, updatedAt: null };
  const { message_handle: handle, date_updated, date_sent, date_created } = output;
  return {
    id: handle === null ? null : String(handle).trim(),
    body,
    updatedAt: utc(date_updated ?? date_sent ?? date_created),
  };
}

function text(flag: string, parameter: string, what: string): Filter {
  return { flag, parameter, what, kind: 'text' };
}

function number(flag: string, parameter: string, what: string): Filter {
  return { flag, parameter, what, kind: 'number' };
}

function time(flag: string, parameter: string, what: string): Filter {
  return { flag, parameter, what, kind: 'time' };
}

function choice(flag: string, parameter: string, what: string, choices: Filter['choices']): Filter {
  return { flag, parameter, what, kind: 'text', ...(choices === undefined ? {} : { choices }) };
}

function identities(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), name]));
}
