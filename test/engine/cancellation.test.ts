import { describe, expect, test } from 'vitest';
import { lookupTime, startCancellation } from '../../src/engine/cancellation.ts';
import { outside } from '../support/engine.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const turn = () => new Promise(setImmediate);

function started(options: { readonly wait?: boolean; readonly timeoutMs?: number | null } = {}) {
  const clock = virtualClock(1000);
  const around = outside(clock);
  const cancellation = startCancellation({ wait: false, timeoutMs: null, ...options }, around.world);
  /** Lets so much time pass. */
  const pass = (ms: number) => clock.run(clock.sleep(ms, new AbortController().signal));
  /** How it stands: which signals have aborted and with which fault, and the flags. */
  const standing = () => ({
    abort: codeOf(cancellation.abortSignal),
    stop: codeOf(cancellation.stopSignal),
    isTimeUp: cancellation.isTimeUp,
    isInterrupted: cancellation.isInterrupted,
  });
  return { clock, cancellation, pass, standing, ...around };
}

function codeOf({ aborted, reason }: AbortSignal): string | null {
  return aborted ? reason.code : null;
}

const running = { abort: null, stop: null, isTimeUp: false, isInterrupted: false };

test('nothing ends a run by itself', async () => {
  const { cancellation, pass, standing } = started();
  expect(cancellation.deadline).toBe(Number.POSITIVE_INFINITY);
  await pass(1e9);
  expect(standing()).toEqual(running);
});

describe('the time', () => {
  test('begins nothing more when it is up, and ends what is under way when that is asked for', async () => {
    const { cancellation, pass, standing } = started({ timeoutMs: 5000 });
    expect(cancellation.deadline).toBe(6000);
    await pass(4999);
    expect(standing()).toEqual(running);
    await pass(1);
    expect(standing()).toEqual({ ...running, stop: 'time-up', isTimeUp: true });
    cancellation.abortLate();
    expect(standing()).toEqual({ abort: 'time-up', stop: 'time-up', isTimeUp: true, isInterrupted: false });
  });

  test('of a wait is five minutes, unless it is named', () => {
    expect(started({ wait: true }).cancellation.deadline).toBe(301_000);
    expect(started({ wait: true, timeoutMs: 7000 }).cancellation.deadline).toBe(8000);
  });

  test('is not up where the run has ended before', async () => {
    const { cancellation, pass, standing } = started({ timeoutMs: 5000 });
    cancellation.end();
    await pass(10_000);
    expect(standing()).toMatchObject({ isTimeUp: false, isInterrupted: false });
  });
});

describe('the user', () => {
  test.each([
    ['SIGINT', 'interrupted', 'ended by SIGINT before the answer came'],
    ['SIGTERM', 'terminated', 'ended by SIGTERM before the answer came'],
    ['SIGHUP', 'terminated', 'ended by SIGHUP before the answer came'],
  ] as const)('ends everything with %s', (name, code, message) => {
    const { cancellation, standing, signal } = started({ timeoutMs: 5000 });
    signal(name);
    expect(standing()).toEqual({ abort: code, stop: code, isTimeUp: false, isInterrupted: true });
    expect(cancellation.abortSignal.reason.message).toBe(message);
  });

  test('is heard once: a second signal finds nobody, and ends the process', async () => {
    const { cancellation, listeners, signal } = started();
    signal('SIGTERM');
    signal('SIGINT');
    expect(cancellation.abortSignal.reason.code).toBe('terminated');
    // Others may listen to the first signal too, so that it must still find this listener then.
    expect(listeners.size).toBe(1);
    await turn();
    expect(listeners.size).toBe(0);
  });

  test('interrupts what is finishing after a stop, and after the time', async () => {
    const stopped = started();
    stopped.cancellation.stop();
    stopped.signal('SIGINT');
    expect(stopped.standing()).toEqual({ ...running, abort: 'interrupted', stop: 'interrupted', isInterrupted: true });
    const late = started({ timeoutMs: 1 });
    await late.pass(1);
    late.signal('SIGINT');
    expect(late.standing()).toEqual({ abort: 'interrupted', stop: 'time-up', isTimeUp: true, isInterrupted: true });
  });

  test('interrupts nothing that was ended already', async () => {
    const { cancellation, pass, standing, signal } = started({ timeoutMs: 1 });
    await pass(1);
    cancellation.abortLate();
    signal('SIGINT');
    expect(standing()).toMatchObject({ abort: 'time-up', isInterrupted: false });
  });
});

test('a reader gone away, or an output that broke, interrupts', () => {
  const gone = started();
  gone.closeReader();
  expect(gone.standing()).toEqual({ ...running, abort: 'interrupted', stop: 'interrupted', isInterrupted: true });
  expect(gone.cancellation.abortSignal.reason.message).toBe('the reader of the output went away');
  const broken = started();
  broken.cancellation.abort('the output cannot be written');
  expect(broken.standing()).toEqual(gone.standing());
  expect(broken.cancellation.abortSignal.reason.message).toBe('the output cannot be written');
});

test('a stop begins nothing more, and interrupts nothing', () => {
  const { cancellation, standing } = started();
  cancellation.stop();
  cancellation.stop();
  expect(standing()).toEqual({ ...running, stop: 'interrupted' });
});

test('the end of a run leaves nothing behind, and interrupts nobody', async () => {
  const { clock, cancellation, listeners, standing, closeReader } = started({ timeoutMs: 5000 });
  cancellation.end();
  expect(listeners.size).toBe(0);
  expect(standing()).toMatchObject({ abort: 'interrupted', stop: 'interrupted', isInterrupted: false });
  closeReader();
  expect(standing()).toMatchObject({ isTimeUp: false, isInterrupted: false });
  // No alarm is left that would keep the process.
  await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('nobody sleeps');
});

describe('a look-up', () => {
  test('may take 30 s, after a pause that its account makes; with a wait or a limit all of the time', async () => {
    const { cancellation, pass } = started();
    expect(cancellation.lookupLimits(0)).toEqual({ signal: cancellation.abortSignal, deadline: 31_000 });
    expect(cancellation.lookupLimits(5000).deadline).toBe(36_000);
    await pass(10_000);
    expect(cancellation.lookupLimits(0).deadline).toBe(41_000);
    expect(started({ wait: true }).cancellation.lookupLimits(5000).deadline).toBe(301_000);
    expect(started({ timeoutMs: 60_000 }).cancellation.lookupLimits(5000).deadline).toBe(61_000);
    expect([lookupTime({ wait: false, timeoutMs: null }), lookupTime({ wait: true, timeoutMs: null })]).toEqual([
      30_000,
      Number.POSITIVE_INFINITY,
    ]);
    expect(lookupTime({ wait: false, timeoutMs: 1 })).toBe(Number.POSITIVE_INFINITY);
  });
});
