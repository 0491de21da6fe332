import { closeSync, writeSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
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
}

/** The streams are opened when they are first used: opening one costs time at start-up. */
export function realWorld(): World {
  const stdin = once(inputFrom);
  const stdout = once(() => outputTo(process.stdout));
  const stderr = once(() => outputTo(process.stderr));
  return {
    get stdin() {
      return stdin();
    },
    get stdout() {
      return stdout();
    },
    get stderr() {
      return stderr();
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
    clock: realClock,
    random: Math.random,
    onSignal,
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function inputFrom(): Input {
  let opened = false;
  return {
    get terminal() {
      opened = true;
      return process.stdin.isTTY === true;
    },
    get stream() {
      opened = true;
      return process.stdin;
    },
    close: () => {
      if (opened) process.stdin.destroy();
    },
  };
}

export const realClock: Clock = {
  now: () => Date.now(),
  // Not performance.now(): it would load all that measures performance, for every start.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        silence();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const silence = realClock.alarm(ms, wake);
      signal.addEventListener('abort', wake);
    }),
  alarm: (ms, ring) => {
    // setTimeout overflows beyond 2^31 - 1 ms and would fire at once.
    const timer = setTimeout(ring, Math.min(Math.max(0, ms), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/** Writes one after the other; waits for a slow reader; a reader gone away is no error. */
export function outputTo(stream: NodeJS.WriteStream): Output {
  const reader = new AbortController();
  let broken: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EIO') leaveTerminal(stream);
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
    write: (text) => {
      if (broken !== undefined) return Promise.reject(broken);
      if (reader.signal.aborted || text === '') return Promise.resolve();
      return new Promise((resolve, reject) => {
        stream.write(text, (error: NodeJS.ErrnoException | null | undefined) => {
          if (error == null || isGone(error)) resolve();
          else reject(error);
        });
      });
    },
  };
}

function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}

/** At its end Node sets each terminal back as it was, and aborts where that was closed (Node 20: exit 134). */
function leaveTerminal({ fd }: NodeJS.WriteStream & { readonly fd?: number }): void {
  attempt(() => (fd === undefined ? undefined : closeSync(fd)));
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
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** A folder that was removed under its shell has no name any more, but the one that the shell remembers. */
function workingFolder(): string {
  return attempt(() => process.cwd()) ?? '/';
}

/**
 * Always absolute: a relative home, or an empty one, would have us trust files of whatever folder we are called in.
 * A container's user may have neither HOME nor an entry among the users.
 */
function homeFolder(): string {
  for (const look of [homedir, () => userInfo().homedir]) {
    const folder = attempt(look);
    if (folder !== null && isAbsolute(folder)) return folder;
  }
  return '/nonexistent';
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

function onSignal(listener: (name: SignalName) => void): () => void {
  const names: readonly SignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of names) process.on(name, listener);
  return () => {
    for (const name of names) process.off(name, listener);
  };
}
