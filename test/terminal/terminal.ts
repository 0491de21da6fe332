import { tmpdir } from 'node:os';
import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { keepOutput, keepSecrets } from '../support/transcript.ts';

/** A program in a real pseudoterminal, with somebody before it. */
export interface Terminal {
  readonly pid: number;
  /** All that it wrote so far, escapes included. */
  text(): string;
  /** Resolves once it has written this; rejects with what it wrote instead when it ends before. */
  shows(wanted: string): Promise<void>;
  type(keys: string): void;
  kill(signal: string): void;
  /** Exit code, or the number of the signal that ended it. */
  readonly ended: Promise<{ readonly code: number; readonly signal: number }>;
}

export interface TerminalSetting {
  /** 0: a terminal that does not know. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export const ctrlC = '\x03';
export const ctrlD = '\x04';

/** Runs `argv[0]` with the rest as its arguments; it knows no environment but this and PATH. */
export function openTerminal(argv: readonly string[], { columns = 80, env = {} }: TerminalSetting = {}): Terminal {
  // The library takes 0 for "as usual".
  const command = columns === 0 ? ['/bin/sh', '-c', 'stty cols 0; exec "$@"', 'sh', ...argv] : argv;
  const [file = '', ...args] = command;
  for (const [name, value] of Object.entries(env)) keepSecrets(`${name}=${value}`);
  const pty = spawn(file, args, {
    name: env['TERM'] ?? 'xterm-256color',
    cols: columns === 0 ? 80 : columns,
    rows: 200,
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], HOME: '/dev/null', ...env },
  });
  let text = '';
  let over = false;
  let look = (): void => undefined;
  pty.onData((data) => {
    text += data;
    look();
  });
  const ended = new Promise<{ code: number; signal: number }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      over = true;
      look();
      keepOutput(`terminal ${argv.join(' ')}`, text);
      resolve({ code: exitCode, signal: signal ?? 0 });
    });
  });
  onTestFinished(() => {
    if (!over) pty.kill('SIGKILL');
  });
  const shows = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      look = () => {
        if (text.includes(wanted)) resolve();
        else if (over) reject(new Error(`ended without ${JSON.stringify(wanted)}: ${JSON.stringify(text)}`));
      };
      look();
    });
  return {
    pid: pty.pid,
    text: () => text,
    shows,
    type: (keys) => pty.write(keys),
    kill: (signal) => pty.kill(signal),
    ended,
  };
}
