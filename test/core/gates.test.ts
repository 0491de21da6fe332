import { expect, test } from 'vitest';
import { type ExitName, exitOf } from '../../src/core/exit.ts';
import type { Result } from '../../src/core/record.ts';
import { Tally } from '../../src/core/result.ts';
import { isLost, judgeGates } from '../../src/core/verdict.ts';
import { record as sampleRecord } from '../render/sample.ts';

const lookUpFailed = {
  code: 'not-found',
  message: 'no such message',
  hint: null,
  retryable: false,
  retryAfterSeconds: null,
  httpStatus: 404,
  requestId: null,
} as const;

/** A batch of records by exit; with `!` the look-up itself failed. */
function tallyOf(counts: Readonly<Record<string, number>>): Tally {
  const tally = new Tally();
  for (const [name, count] of Object.entries(counts)) {
    const exit = exitOf(name.replace('!', '') as ExitName);
    const record: Result = sampleRecord({ exit, ...(name.endsWith('!') ? { error: lookUpFailed, state: null } : {}) });
    for (let i = 0; i < count; i += 1) tally.add(record);
  }
  return tally;
}

type Row = readonly [
  counts: Record<string, number>,
  minSuccess: number | null,
  maxFailed: number | null,
  exit: ExitName,
];

test.each<Row>([
  // Without a gate: the worst of all.
  [{ ok: 99, pending: 1 }, null, null, 'pending'],
  [{}, null, null, 'ok'],
  // The share counts every record, a look-up that failed included.
  [{ ok: 95, failed: 5 }, 0.95, null, 'ok'],
  [{ ok: 94, failed: 6 }, 0.95, null, 'failed'],
  [{ ok: 19, failed: 1 }, 0.95, null, 'ok'],
  [{ ok: 9, pending: 1 }, 0.9, null, 'ok'],
  [{ ok: 8, pending: 2 }, 0.9, null, 'pending'],
  [{ ok: 9, 'expect-mismatch': 1 }, 0.9, null, 'ok'],
  [{ ok: 9, 'unknown-status': 1 }, 0.9, null, 'ok'],
  // A message that was seen and is still not final when the wait is over has been weighed like any other.
  [{ ok: 9, 'wait-timeout': 1 }, 0.9, null, 'ok'],
  // What could not be looked up has not.
  [{ ok: 9, 'wait-timeout!': 1 }, 0.9, null, 'wait-timeout'],
  [{ ok: 9, 'not-found!': 1 }, 0.9, null, 'not-found'],
  [{ ok: 98, failed: 1, 'auth!': 1 }, 0.5, null, 'auth'],
  [{ ok: 90, failed: 9, 'network!': 1 }, 0.95, null, 'failed'],
  [{}, 0.95, null, 'failed'],
  [{ failed: 3 }, 0, null, 'ok'],
  // Failed are 20 and 23, and nothing else.
  [{ ok: 1, failed: 2 }, null, 2, 'ok'],
  [{ ok: 1, failed: 1, 'expect-mismatch': 2 }, null, 2, 'failed'],
  [{ 'expect-mismatch': 3 }, null, 2, 'expect-mismatch'],
  [{ pending: 50 }, null, 0, 'ok'],
  [{ 'rejected!': 1 }, null, 0, 'rejected'],
  [{}, null, 0, 'ok'],
  // Both must hold.
  [{ ok: 95, failed: 5 }, 0.95, 4, 'failed'],
  [{ ok: 95, failed: 4, pending: 1 }, 0.95, 4, 'ok'],
])('%j with --min-success %j and --max-failed %j: %s', (counts, minSuccess, maxFailed, exit) => {
  const tally = tallyOf(counts);
  expect(judgeGates({ minSuccess, maxFailed }, tally.summary, tally.exit, tally.faultExit).exit).toBe(exit);
});

test('each gate is told, met or not', () => {
  const { summary, exit, faultExit } = tallyOf({ ok: 19, failed: 1 });
  expect(judgeGates({ minSuccess: 0.999, maxFailed: 2 }, summary, exit, faultExit).phrases).toEqual([
    '19 of 20 ok (at least 99.9%): not passed',
    '1 failed (limit 2): passed',
  ]);
});

test('a batch is lost with one failure too many, and never by a share', () => {
  const { summary } = tallyOf({ failed: 3, ok: 1 });
  expect([
    isLost({ minSuccess: null, maxFailed: 3 }, summary),
    isLost({ minSuccess: null, maxFailed: 2 }, summary),
    isLost({ minSuccess: 1, maxFailed: null }, summary),
  ]).toEqual([false, true, false]);
});
