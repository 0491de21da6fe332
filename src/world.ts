import { readFileSync, writeSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from './core/http.ts';

/** Everything outside the program, typed as the least that is used. Only this file and `bin` know `process`. */
export interface World {
  readonly stdin: Input;
  readonly stdout: Output;
  /** Writes a line to stdout without opening it, which takes longer than all of `--version`; false where it could not. */
  writeNow(text: string): boolean;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly platform: string;
  /** The user's number; null where the platform has none (Windows). */
  readonly uid: number | null;
  readonly host: string;
  readonly pid: number;
  /** Whether a process of this machine is alive. */
  isAlive(pid: number): boolean;
  /** Kills a process that leads a group, and all of the group. */
  killGroup(pid: number): void;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  random(): number;
  /** Calls the listener on SIGINT, SIGTERM and SIGHUP; returns how to stop listening. */
  onSignal(listener: (name: SignalName) => void): () => void;
}

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Input {
  readonly terminal: boolean;
  readonly stream: NodeJS.ReadableStream;
  /** Reads no more: a standard input that never ends must not keep the process. */
  close(): void;
}

export interface Output {
  readonly terminal: boolean;
  /** 0 where the terminal does not say, or where there is none. */
  readonly columns: number;
  /** For libraries that draw by themselves; everything else goes through `write`. */
  readonly stream: NodeJS.WritableStream;
  /** Resolves when the reader has taken it. Rejects when it cannot be written, other than by a reader gone away. */
  write(text: string): Promise<void>;
  /** Aborts when the reader went away: a pipe's (`| head`), or a terminal that was closed. */
  readonly gone: AbortSignal;
  /** The user has ended the run: a reader that takes nothing any more counts as gone. Absent in tests. */
  hurry?(): void;
}

/** The streams are opened when they are first used: opening one costs time at start-up. */
export function realWorld(): World {
  let stdout: Output | undefined;
  let stderr: Output | undefined;
  return {
    stdin: realInput,
    get stdout() {
      stdout ??= outputTo(process.stdout);
      return stdout;
    },
    get stderr() {
      stderr ??= outputTo(process.stderr);
      return stderr;
    },
    writeNow,
    env: process.env,
    cwd: workingFolder(),
    home: homeFolder(),
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    host: hostname(),
    pid: process.pid,
    isAlive,
    killGroup,
    clock: realClock,
    random: Math.random,
    onSignal,
  };
}

let isStdinOpen = false;

const realInput: Input = {
  get terminal() {
    isStdinOpen = true;
    return process.stdin.isTTY === true;
  },
  get stream() {
    isStdinOpen = true;
    return process.stdin;
  },
  close: () => {
    if (isStdinOpen) process.stdin.destroy();
  },
};

/** A sleep that ends at the alarm, or as soon as the signal aborts; no listener outlives it. */
export function sleepBy(alarm: Clock['alarm']): Clock['sleep'] {
  return (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        silence();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const silence = alarm(ms, wake);
      signal.addEventListener('abort', wake);
    });
}

function startAlarm(ms: number, ring: () => void): () => void {
  // setTimeout drops fractions, counts from the last whole millisecond, and beyond 2^31 - 1 ms it would fire at once.
  const timer = setTimeout(ring, ms <= 0 ? 0 : Math.min(Math.ceil(ms) + 1, 2 ** 31 - 1));
  return () => clearTimeout(timer);
}

export const realClock: Clock = {
  now: Date.now,
  // Not performance.now(): it would load all that measures performance, for every start.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: sleepBy(startAlarm),
  alarm: startAlarm,
};

/** Writes one after the other; waits for a slow reader; a reader gone away is no error. */
function outputTo(stream: NodeJS.WriteStream): Output {
  const reader = new AbortController();
  const writeTo = promisify<string>(stream.write).bind(stream);
  let broken: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (isGone(error)) reader.abort();
    else broken = error;
  });
  return {
    terminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 0;
    },
    stream,
    gone: reader.signal,
    hurry: () => leaveStuck(stream, reader),
    write: async (text) => {
      if (broken !== undefined) throw broken;
      if (reader.signal.aborted || text === '') return;
      try {
        await writeTo(text);
      } catch (error) {
        if (!isGone(error as Error)) throw error;
      }
    },
  };
}

/** What a reader that takes nothing is given once the user has ended the run, milliseconds. */
const graceMs = 500;

function leaveStuck(stream: NodeJS.WriteStream, reader: AbortController): void {
  const waiting = stream.writableLength;
  const look = () => {
    if (stream.writableLength === 0) return;
    if (stream.writableLength < waiting) leaveStuck(stream, reader);
    else reader.abort();
  };
  setTimeout(look, graceMs).unref();
}

function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}

function writeNow(text: string): boolean {
  try {
    return writeSync(1, text) === text.length;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** A process that has ended, and whose parent does not ask for its code: some containers are full of them. Told on Linux alone. */
function isZombie(pid: number): boolean {
  try {
    // Behind the name of the program, which may hold anything.
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}

/** A folder that was removed under its shell has no name any more, but the one that the shell remembers. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/**
 * Always absolute: a relative home, or an empty one, would have us trust files of whatever folder we are called in.
 * A container's user may have neither HOME nor an entry among the users.
 */
function homeFolder(): string {
  for (const look of [homedir, entryFolder]) {
    try {
      const folder = look();
      if (isAbsolute(folder)) return folder;
    } catch {
      // Not known there.
    }
  }
  return '/nonexistent';
}

/** As the list of users has it. */
function entryFolder(): string {
  return userInfo().homedir;
}

function onSignal(listener: (name: SignalName) => void): () => void {
  const names: readonly SignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of names) process.on(name, listener);
  return () => {
    for (const name of names) process.off(name, listener);
  };
}
