import { PassThrough, Readable } from 'node:stream';
import type { Clock } from '../../src/core/http.ts';
import { main } from '../../src/main.ts';
import { type Output, realClock, realWorld, type SignalName, type World } from '../../src/world.ts';
import { fastClock } from './fast-clock.ts';
import { keepOutput, keepSecrets } from './transcript.ts';

/** What one invocation did, as a script sees it. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The outside of an invocation; everything that is not named is empty, absent or not a terminal. */
export interface Setting {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  readonly cwd?: string;
  readonly home?: string;
  /** The user's number; else that of whoever runs the tests. */
  readonly uid?: number;
  readonly platform?: 'win32';
  /** Columns of a terminal on stdout and stderr. */
  readonly columns?: number;
  /** The epoch milliseconds that the clock begins with; it goes on from there. */
  readonly now?: number;
  /** How many times faster than real time the program's clock and sleeps run; see fast-clock.ts. */
  readonly speed?: number;
  /** Instead of `now` and `speed`: a clock that somebody else looks at too, such as a mock server. */
  readonly clock?: Clock;
  /** Called with every piece of stdout as it is written. */
  readonly onStdout?: (text: string) => void;
  /** The same for stderr. */
  readonly onStderr?: (text: string) => void;
  /** Handed the way to send a signal to the program. */
  readonly onStart?: (signal: (name: SignalName) => void) => void;
}

/** Runs the real program in a world of its own; only the network is real, and loopback. */
export async function run(argv: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const stdout = captured(setting.columns, setting.onStdout);
  const stderr = captured(setting.columns, setting.onStderr);
  const { env = {}, stdin } = setting;
  for (const [name, value] of Object.entries(env)) keepSecrets(`${name}=${value}`);
  if (typeof stdin === 'string') keepSecrets(stdin);
  const { clock, stop } = clockOf(setting);
  const code = await main(argv, fakeWorld(setting, clock, stdout.output, stderr.output)).finally(stop);
  const outcome = { code, stdout: stdout.text(), stderr: stderr.text() };
  // The mock server tells its own credentials: that is what they are for.
  if (argv[0] !== 'mock') keepOutput(`sbstatus ${argv.join(' ')}`, outcome.stdout + outcome.stderr);
  return outcome;
}

/** Below a file: nothing is found there, and nothing can be put there, by root neither. */
const nowhere = '/dev/null/sbstatus-test';

function fakeWorld(setting: Setting, clock: Clock, stdout: Output, stderr: Output): World {
  const listeners = new Set<(name: SignalName) => void>();
  setting.onStart?.((name) => {
    for (const listener of [...listeners]) listener(name);
  });
  return {
    stdin: { terminal: false, stream: stdinOf(setting.stdin), close: () => undefined },
    stdout,
    writeNow: (text) => {
      void stdout.write(text);
      return true;
    },
    stderr,
    env: setting.env ?? {},
    cwd: setting.cwd ?? nowhere,
    home: setting.home ?? nowhere,
    platform: setting.platform ?? 'linux',
    uid: setting.uid ?? process.getuid?.() ?? null,
    host: 'test',
    pid: process.pid,
    isAlive: () => true,
    killGroup: realWorld().killGroup,
    clock,
    random: () => 0.5,
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function clockOf({ now, speed = 1, clock }: Setting): { readonly clock: Clock; stop(): void } {
  if (clock !== undefined) return { clock, stop: () => undefined };
  if (speed !== 1) {
    const fast = fastClock(speed, now);
    return { clock: fast, stop: fast.stop };
  }
  const ahead = now === undefined ? 0 : now - Date.now();
  return { clock: { ...realClock, now: () => Date.now() + ahead }, stop: () => undefined };
}

function stdinOf(input: Setting['stdin']): NodeJS.ReadableStream {
  if (input === undefined) return Readable.from([]);
  if (typeof input === 'string' || input instanceof Uint8Array) return Readable.from([Buffer.from(input)]);
  return Readable.from(input);
}

function captured(columns: number | undefined, onText?: (text: string) => void) {
  const pieces: string[] = [];
  const stream = new PassThrough();
  const take = (text: string): void => {
    pieces.push(text);
    onText?.(text);
  };
  stream.on('data', (chunk: Buffer) => take(chunk.toString('utf8')));
  const terminal = columns !== undefined;
  Object.assign(stream, {
    isTTY: terminal,
    columns,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  const output: Output = {
    terminal,
    columns: columns ?? 0,
    stream,
    write: async (text) => take(text),
    gone: new AbortController().signal,
  };
  return { output, text: () => pieces.join('') };
}
