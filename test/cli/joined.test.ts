import { expect, test } from 'vitest';
import { BatchedOutput } from '../../src/terminal/output.ts';
import { failed } from '../render/sample.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const never = (): void => {
  throw new Error('it can be written');
};
const turn = () => new Promise(setImmediate);

/** An output of texts in place of records. */
function openOutput(write: (text: string) => Promise<void>, onBroken: () => void) {
  const renderer = { result: (_: unknown, text: string | null) => text ?? '', end: () => '' };
  const abort = new AbortController();
  const run = { abortSignal: abort.signal, isInterrupted: false };
  const clock = virtualClock();
  const progress = { clear: () => undefined };
  const output = new BatchedOutput(renderer, { stdout: { terminal: false, write }, clock, run, progress, onBroken });
  const interrupt = () => {
    run.isInterrupted = true;
    abort.abort();
  };
  return { add: (text: string) => output.result(failed, text), flush: () => output.flush(), clock, interrupt };
}

/** Takes each write only when it is told to. */
function slowReader() {
  const taken: string[] = [];
  let release = (): void => undefined;
  const write = async (text: string): Promise<void> => {
    taken.push(text);
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  return { taken, write, release: () => release() };
}

test('what is added within one turn is one write, and nothing waits for the next', async () => {
  const written: string[] = [];
  const { add, flush } = openOutput(async (text) => void written.push(text), never);
  await add('a');
  await add('b');
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['ab']);
  await add('c');
  await flush();
  expect(written).toEqual(['ab', 'c']);
});

test('nothing is written where there is nothing', async () => {
  const written: string[] = [];
  const { add, flush } = openOutput(async (text) => void written.push(text), never);
  await add('');
  await flush();
  await turn();
  expect(written).toEqual([]);
});

test('a slow reader is waited for once much is held, and gets all of it in order', async () => {
  const { taken, write, release } = slowReader();
  const { add, flush } = openOutput(write, never);
  await add('first');
  await turn();
  const piece = 'x'.repeat(16_000);
  let added = 0;
  const adding = (async () => {
    for (; added < 200; added += 1) await add(piece);
  })();
  for (let i = 0; i < 300; i += 1) await turn();
  expect([taken, added]).toEqual([['first'], 65]);
  const whole = (async () => {
    await adding;
    await flush();
  })();
  let done = false;
  void whole.then(() => {
    done = true;
  });
  while (!done) {
    release();
    await turn();
  }
  expect(taken.join('')).toBe(`first${piece.repeat(200)}`);
});

test('what cannot be written is heard of at once, and by all who come later', async () => {
  let tried = 0;
  let told = 0;
  const write = async () => {
    tried += 1;
    throw new Error('no space left');
  };
  const { add, flush } = openOutput(write, () => {
    told += 1;
  });
  await add('a');
  await turn();
  expect(told).toBe(1);
  await expect(add('b')).rejects.toThrow('no space left');
  await expect(flush()).rejects.toThrow('no space left');
  await turn();
  expect([tried, told]).toEqual([1, 1]);
});

test('a reader that takes nothing is not waited for once the user has ended the run', async () => {
  const { taken, write } = slowReader();
  const { add, flush, clock, interrupt } = openOutput(write, never);
  await add('a');
  await turn();
  await add('b');
  interrupt();
  await clock.run(flush());
  await add('c');
  await clock.run(flush());
  expect([taken, clock.monotonic()]).toEqual([['a'], 500]);
});

test('one that is only slow gets all, though the user has ended the run', async () => {
  const { taken, write, release } = slowReader();
  const { add, flush, clock, interrupt } = openOutput(write, never);
  await add('a');
  await turn();
  await add('b');
  interrupt();
  release();
  await turn();
  release();
  await flush();
  expect([taken, clock.monotonic()]).toEqual([['a', 'b'], 0]);
});

test('a long text goes to a slow reader in parts, once the user has ended the run; no character is cut', async () => {
  const taken: string[] = [];
  const { add, flush, clock, interrupt } = openOutput(async (text) => {
    taken.push(text);
    await clock.sleep(400, new AbortController().signal);
  }, never);
  const long = `a${'😀'.repeat(100_000)}`;
  interrupt();
  await clock.run(add(long));
  await clock.run(flush());
  expect(taken.join('')).toBe(long);
  expect(taken.length).toBeGreaterThan(2);
  expect(taken.filter((text) => Buffer.from(text).toString() !== text)).toEqual([]);
});

test('on a terminal what the renderer holds back is written after a while, and only there', async () => {
  for (const terminal of [true, false]) {
    const written: string[] = [];
    const rings: (() => void)[] = [];
    const renderer = { result: () => '', end: () => 'rest', release: () => 'rows\n' };
    const output = new BatchedOutput(renderer, {
      stdout: { terminal, write: async (text) => void written.push(text) },
      clock: {
        alarm: (_, ring) => {
          rings.push(ring);
          return never;
        },
      },
      run: { abortSignal: new AbortController().signal, isInterrupted: false },
      progress: null,
      onBroken: never,
    });
    await output.result(failed, null);
    await output.result(failed, null);
    expect(rings).toHaveLength(terminal ? 1 : 0);
    for (const ring of rings) ring();
    await output.flush();
    expect(written).toEqual(terminal ? ['rows\n'] : []);
  }
});
