import { describe, expect, test } from 'vitest';
import type { Item } from '../../src/core/item.ts';
import {
  answer,
  clientOf,
  exitsOf,
  fault,
  idsOf,
  knownItem,
  type Look,
  lookupItem,
  lookupItems,
  never,
  type RunScene,
  runToEnd,
  startRun,
} from '../support/engine.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

/** The end before the end: the time is up, the user goes, or the run begins nothing more. */

const messages = (records: Parameters<typeof exitsOf>[0]) => records.map(({ record }) => record.error?.message ?? null);
const neverMs = () => Number.POSITIVE_INFINITY;

/** Items that come so many milliseconds after each other. */
function comingAfter(gaps: readonly number[]) {
  return async function* (clock: VirtualClock): AsyncGenerator<Item> {
    for (const [index, gap] of gaps.entries()) {
      if (gap > 0) await clock.sleep(gap, never);
      yield lookupItem(`id-${index}`, { index });
    }
  };
}

describe('a source', () => {
  const read = async (gaps: readonly number[], timeoutMs: number | null) => {
    const { records, scheduler, clock } = await runToEnd(comingAfter(gaps), { timeoutMs });
    return { exits: exitsOf(records), isCutShort: scheduler.isCutShort, endedAt: clock.monotonic() };
  };

  test('gives all that comes in time', async () => {
    const exits = ['id-0 ok', 'id-1 ok', 'id-2 ok'];
    expect(await read([0, 100, 100], 1000)).toEqual({ exits, isCutShort: false, endedAt: 200 });
  });

  test('is waited for without end where there is no limit', async () => {
    expect(await read([0, 1e9], null)).toMatchObject({ exits: ['id-0 ok', 'id-1 ok'], isCutShort: false });
  });

  test('that is silent is left behind when the time is up, which is told', async () => {
    const { exits, isCutShort, endedAt } = await read([0, 100, 10_000], 1000);
    expect([exits, isCutShort]).toEqual([['id-0 ok', 'id-1 ok'], true]);
    expect(endedAt).toBeGreaterThanOrEqual(1000);
    // With what a last answer may take.
    expect(endedAt).toBeLessThanOrEqual(1500);
  });

  test('is not cut short by a time that is up when all was read', async () => {
    const { records, scheduler } = await runToEnd(comingAfter([0, 900]), { timeoutMs: 1000, lookMs: neverMs });
    expect([idsOf(records), scheduler.isCutShort]).toEqual([['id-0', 'id-1'], false]);
  });

  test('that gives what lies ready although the time is up is heard: it gets a record', async () => {
    const ready = await read([900, 0, 0, 200, 0], 1000);
    expect(ready.exits.slice(0, 4)).toEqual(['id-0 ok', 'id-1 ok', 'id-2 ok', 'id-3 wait-timeout']);
    expect(await read([1300, 0, 0, 10], 1000)).toMatchObject({ exits: [], isCutShort: true });
  });

  test('that ends while its last item is waited for is not cut short', async () => {
    async function* ending(clock: VirtualClock) {
      yield lookupItem('a');
      await clock.sleep(1100, never);
    }
    const { records, scheduler } = await runToEnd(ending, { timeoutMs: 1000 });
    expect([exitsOf(records), scheduler.isCutShort]).toEqual([['a ok'], false]);
  });

  test('is told that nobody reads on, whatever ended the run', async () => {
    for (const end of ['time', 'stop', 'user'] as const) {
      let isClosed = false;
      async function* watched(clock: VirtualClock) {
        try {
          for (let i = 0; ; i += 1) {
            yield lookupItem(`id-${i}`, { index: i });
            await clock.sleep(100, never);
          }
        } finally {
          isClosed = true;
        }
      }
      const run = startRun(watched, { timeoutMs: end === 'time' ? 1000 : null });
      if (end === 'stop') run.clock.alarm(1000, run.cancellation.stop);
      if (end === 'user') run.clock.alarm(1000, () => run.outside.signal('SIGINT'));
      await run.finish();
      // What it was about to give comes first.
      await run.clock.run(run.clock.sleep(1000, never));
      expect([end, isClosed]).toEqual([end, true]);
    }
  });
});

describe('when the time is up', () => {
  const timed = (scene: RunScene) => runToEnd(lookupItems(['a', 'b', 'c']), { timeoutMs: 10_000, ...scene });

  test('with a wait each message has a record, at once: a state that was seen, or that its turn never came', async () => {
    const clock = virtualClock();
    const client = clientOf(clock, 0.15);
    const scene = { clock, open: async () => client, wait: true, answer: () => answer('queued') };
    const { records } = await timed(scene);
    expect(exitsOf(records)).toEqual(['a wait-timeout', 'b wait-timeout', 'c wait-timeout']);
    expect(records.map(({ record }) => record.state)).toEqual(['queued', 'queued', null]);
    expect(messages(records)).toEqual([null, null, 'the time was up before it was this id’s turn']);
    expect(clock.monotonic()).toBe(10_000);
  });

  test('whose turn never came was not under way, though a busy machine rings the alarm late', async () => {
    for (const wait of [true, false]) {
      const clock = virtualClock();
      const late = { ...clock, alarm: (ms: number, ring: () => void) => clock.alarm(ms + 20, ring) };
      const client = clientOf(late, 0.15);
      const { records } = await timed({ clock: late, open: async () => client, wait });
      expect(exitsOf(records)).toEqual(['a ok', 'b ok', 'c wait-timeout']);
      expect(messages(records)).toEqual([null, null, 'the time was up before it was this id’s turn']);
    }
  });

  test('nor was one that was waiting for its turn, however its sleep ends', async () => {
    const clock = virtualClock();
    const sleep = async (ms: number, signal: AbortSignal) => {
      await clock.sleep(ms, signal);
      for (let tick = 0; tick < 20; tick += 1) await null;
    };
    const late = { ...clock, sleep };
    const client = clientOf(late, 0.15);
    const { records } = await timed({ clock: late, open: async () => client, wait: true });
    expect(messages(records)).toEqual([null, null, 'the time was up before it was this id’s turn']);
    expect(clock.monotonic()).toBe(10_000);
  });

  test('with a wait nobody is waited for, and a look-up under way is no fault of the network', async () => {
    const lookMs = ({ id, before }: Look) => (id === 'b' || before > 0 ? Number.POSITIVE_INFINITY : 100);
    const { records, clock } = await timed({ wait: true, lookMs, answer: () => answer('queued') });
    expect(exitsOf(records)).toEqual(['a wait-timeout', 'b wait-timeout', 'c wait-timeout']);
    expect(messages(records)).toEqual([null, 'the time was up before the answer came', null]);
    expect(clock.monotonic()).toBe(10_000);
  });

  test('without a wait a look-up that ran out of time is a fault of the network', async () => {
    const { records, clock } = await timed({ lookMs: ({ id }) => (id === 'b' ? Number.POSITIVE_INFINITY : 100) });
    expect(exitsOf(records)).toEqual(['a ok', 'b network', 'c ok']);
    expect(clock.monotonic()).toBe(10_000);
  });

  test('a look-up whose authorization ran out of time was under way, though it never took a turn', async () => {
    const clock = virtualClock();
    const lookUp: RunScene['lookUp'] = async (_item, _operation, _client, _limiter, { deadline, signal }) => {
      await clock.sleep(deadline - clock.monotonic(), signal);
      return fault('timeout');
    };
    const { records } = await timed({ clock, lookUp });
    expect(exitsOf(records)).toEqual(['a network', 'b wait-timeout', 'c wait-timeout']);
    const waiting = await timed({ clock: virtualClock(), wait: true, lookUp: () => new Promise(() => undefined) });
    expect(messages(waiting.records)).toEqual([
      'the time was up before the answer came',
      'the time was up before it was this id’s turn',
      'the time was up before it was this id’s turn',
    ]);
  });

  test('a look-up that can neither be aborted nor timed does not hold the run', async () => {
    const { records, clock } = await timed({
      lookUp: () => new Promise(() => undefined),
      single: true,
    });
    expect(exitsOf(records)).toEqual(['a wait-timeout', 'b wait-timeout', 'c wait-timeout']);
    expect(clock.monotonic()).toBeLessThanOrEqual(10_500);
  });

  test('nothing is looked up any more, and what comes late counts no more', async () => {
    let late = 0;
    const { records, looks, cancellation } = await timed({
      wait: true,
      answer: () => answer('queued'),
      lookUp: async () => {
        late += 1;
        await new Promise(setImmediate);
        return late > 3 ? new Promise(() => undefined) : answer('queued');
      },
    });
    expect([records.length, looks.length, cancellation.isTimeUp]).toEqual([3, 0, true]);
    expect(cancellation.abortSignal.aborted).toBe(true);
  });
});

describe('the user', () => {
  const interrupted = (at: number, scene: RunScene, ids = ['a']) => {
    const run = startRun(lookupItems(ids), { wait: true, single: ids.length === 1, ...scene });
    run.clock.alarm(at, () => run.outside.signal('SIGTERM'));
    return run.finish();
  };

  test('ends a sleep at once, and is told what was known', async () => {
    const states = ['queued', 'sent', 'delivered'] as const;
    const { records, recordTimes, looks } = await interrupted(2500, { answer: ({ before }) => answer(states[before]) });
    expect([exitsOf(records), records[0]?.record.state, recordTimes, looks.length]).toEqual([
      ['a terminated'],
      'sent',
      [2500],
      2,
    ]);
  });

  test('ends a look-up at once, and is told what was known before', async () => {
    const scene = { lookMs: ({ before }: Look) => (before > 0 ? 60_000 : 0), answer: () => answer('queued') };
    const { records, recordTimes } = await interrupted(3000, scene);
    expect([exitsOf(records), records[0]?.record.state, recordTimes]).toEqual([['a terminated'], 'queued', [3000]]);
  });

  test('ends a first look-up with a record that says so', async () => {
    const { records } = await interrupted(1000, { lookMs: neverMs });
    expect(exitsOf(records)).toEqual(['a terminated']);
    expect(messages(records)).toEqual(['ended by SIGTERM before the answer came']);
  });

  test('gets a record of the only id whose turn has not come', async () => {
    const clock = virtualClock();
    const client = clientOf(clock);
    client.account.limiter.pauseFor(5000);
    const { records } = await interrupted(1000, { clock, open: async () => client });
    expect(exitsOf(records)).toEqual(['a terminated']);
  });

  test('gets none of those of many whose turn has not come', async () => {
    const clock = virtualClock();
    const client = clientOf(clock, 1);
    const scene = { clock, open: async () => client, wait: false };
    const { records } = await interrupted(2500, scene, ['a', 'b', 'c', 'd', 'e']);
    expect(exitsOf(records)).toEqual(['a ok', 'b ok', 'c ok']);
  });

  test('counts less than an answer that came at the same moment', async () => {
    for (const state of ['delivered', 'failed'] as const) {
      const run = startRun([lookupItem('a')], {
        wait: true,
        single: true,
        answer: () => {
          run.outside.signal('SIGINT');
          return answer(state);
        },
      });
      await run.finish();
      expect(exitsOf(run.records)).toEqual([state === 'failed' ? 'a failed' : 'a ok']);
    }
  });

  test('counts more than what asking again could mend', async () => {
    for (const code of ['timeout', 'provider-error', 'rate-limited'] as const) {
      const run = startRun([lookupItem('a')], {
        wait: true,
        single: true,
        answer: () => {
          run.outside.signal('SIGINT');
          return fault(code);
        },
      });
      await run.finish();
      expect([code, ...exitsOf(run.records)]).toEqual([code, 'a interrupted']);
    }
  });

  test('is not kept by a look-up that cannot be aborted', async () => {
    const { records, clock } = await interrupted(1000, { lookUp: () => new Promise(() => undefined) });
    expect(exitsOf(records)).toEqual(['a terminated']);
    expect(clock.monotonic()).toBeLessThanOrEqual(1500);
  });
});

describe('a run that begins nothing more', () => {
  const stopped = (at: number, states: (look: Look) => ReturnType<typeof answer>, lookMs = 0) => {
    const run = startRun([lookupItem('a')], { wait: true, single: true, answer: states, lookMs: () => lookMs });
    run.clock.alarm(at, run.cancellation.stop);
    return run.finish();
  };

  test('in the middle of a sleep asks no more, and says what is known', async () => {
    const states = [answer('queued'), answer('sent'), answer('delivered')];
    const { records, looks, clock } = await stopped(3000, ({ before }) => states[before]!);
    expect([exitsOf(records), records[0]?.record.state]).toEqual([['a pending'], 'sent']);
    expect([looks.map(({ at }) => at), clock.monotonic()]).toEqual([[0, 2000], 3000]);
    const nothing = await stopped(1000, ({ before }) => (before === 0 ? fault('timeout') : answer()));
    expect([exitsOf(nothing.records), nothing.clock.monotonic()]).toEqual([['a network'], 1000]);
  });

  test('lets a look-up that is under way be answered; a state counts more than a fault', async () => {
    const good = await stopped(2150, ({ before }) => answer(before === 0 ? 'sent' : 'delivered'), 100);
    expect([exitsOf(good.records), good.recordTimes]).toEqual([['a ok'], [2200]]);
    const bad = await stopped(2150, ({ before }) => (before === 0 ? answer('sent') : fault('timeout')), 100);
    expect([exitsOf(bad.records), bad.records[0]?.record.state, bad.recordTimes]).toEqual([
      ['a pending'],
      'sent',
      [2200],
    ]);
  });

  test('by the first that is not ok: those under way are finished, and the rest have no record', async () => {
    const items = [...lookupItems(['a', 'b', 'c', 'd', 'e', 'f']), knownItem('g', 6)];
    const { records, looks, scheduler } = await runToEnd(items, {
      failFast: true,
      concurrency: 2,
      lookMs: ({ id }) => (id === 'c' ? 5000 : 100),
      answer: ({ id }) => answer(id === 'b' ? 'failed' : 'delivered'),
    });
    expect(exitsOf(records).slice(0, 3)).toEqual(['a ok', 'b failed', 'c ok']);
    expect(looks.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(scheduler.isCutShort).toBe(false);
  });

  test('may still be ended by the user', async () => {
    const run = startRun(lookupItems(['a', 'b']), { lookMs: () => 25_000 });
    run.clock.alarm(100, run.cancellation.stop);
    run.clock.alarm(5000, () => run.outside.signal('SIGINT'));
    await run.finish();
    expect([exitsOf(run.records), run.recordTimes]).toEqual([['a interrupted'], [5000]]);
  });

  test('before it began makes nothing', async () => {
    const run = startRun(lookupItems(['a', 'b']));
    run.cancellation.stop();
    await run.finish();
    expect([run.records, run.looks]).toEqual([[], []]);
  });
});
