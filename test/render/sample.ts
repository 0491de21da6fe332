import { exitOf } from '../../src/core/exit.ts';
import type { Result } from '../../src/core/record.ts';
import type { Ending, Renderer, View } from '../../src/render/renderer.ts';

/** Ten seconds past this minute, so that ages are not zero. */
export const now = Date.parse('2026-03-11T19:54:10.000Z');

export const pipe: View = {
  columns: null,
  color: false,
  ci: false,
  utc: false,
  now,
  single: false,
  details: false,
  fields: null,
};

export function terminal(columns: number, more: Partial<View> = {}): View {
  return { ...pipe, columns, utc: true, ...more };
}

const plain: Result = {
  schema: 'sbstatus.result/1',
  index: 0,
  provider: 'sent',
  operation: 'get',
  id: '8ba7b830-9dad-11d1-80b4-00c04fd430c8',
  name: null,
  state: 'delivered',
  outcome: 'success',
  terminal: true,
  providerState: 'DELIVERED',
  channel: 'sms',
  downgraded: null,
  direction: 'outbound',
  from: null,
  to: '+14155550100',
  createdAt: '2026-03-11T19:51:00.000Z',
  sentAt: null,
  updatedAt: '2026-03-11T19:51:10.000Z',
  reason: null,
  timeline: [],
  timing: null,
  details: {},
  warnings: [],
  error: null,
  exit: exitOf('ok'),
  request: {
    url: 'https://api.sent.dm/v3/messages/8ba7b830-9dad-11d1-80b4-00c04fd430c8',
    httpStatus: 200,
    requestId: 'req_7X9zKp2jDw',
    attempts: 1,
    durationMs: 120,
  },
  checkedAt: '2026-03-11T19:54:10.000Z',
  mock: false,
  redacted: false,
};

export function record(changes: Partial<Result> = {}): Result {
  return { ...plain, ...changes };
}

export const failed = record({
  index: 1,
  provider: 'sendblue',
  id: 'dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10',
  state: 'failed',
  outcome: 'failure',
  providerState: 'ERROR',
  channel: 'sms',
  downgraded: true,
  to: '+19998887777',
  reason: {
    code: '4001',
    name: 'Blocked',
    message: 'the recipient opted out',
    class: 'opted-out',
    resendable: false,
    hint: 'do not send to this number again',
  },
  exit: exitOf('failed'),
});

export const lost = record({
  index: 2,
  id: 'nobody-knows-this',
  state: null,
  outcome: null,
  terminal: null,
  providerState: null,
  channel: null,
  direction: null,
  to: null,
  createdAt: null,
  updatedAt: null,
  error: {
    code: 'not-found',
    message: 'Sent answered HTTP 404: no such message',
    hint: 'check the id',
    retryable: false,
    retryAfterSeconds: null,
    httpStatus: 404,
    requestId: 'req_404',
  },
  exit: exitOf('not-found'),
});

export const ending: Ending = {
  summary: {
    total: 2,
    byState: { delivered: 1, failed: 1 },
    byExit: { ok: 1, failed: 1 },
    duplicates: 0,
    timing: { toSentMs: null, toDeliveredMs: null },
  },
  exit: exitOf('failed'),
};

export function rendered(renderer: Renderer, results: readonly Result[]): string {
  return [...results.map((result) => renderer.result(result, null)), renderer.end(ending)].join('');
}
