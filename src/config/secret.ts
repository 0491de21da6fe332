import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '../core/fault.ts';
import { openText, othersCanRead, pathInside } from './file.ts';
import { describe, type SourcedValue } from './layers.ts';
import { type ConfigDeps, type ConfigLocation, inHome } from './places.ts';
import { variableIn } from './value.ts';

const commandLimitMs = 10_000;

/** A secret as text, unchecked. */
export interface FetchedText {
  readonly value: string;
  readonly notes: readonly string[];
}

/** What lies where a source says: in a variable, in a file or with a command. Throws a fault that never quotes it. */
export async function fetchText({ raw, origin, file }: SourcedValue, world: ConfigDeps): Promise<FetchedText> {
  if (raw.kind === 'literal') return { value: raw.value.reveal(), notes: [] };
  if (raw.kind === 'variable') return { value: variableIn(world.env, raw.name), notes: [] };
  if (file === null) throw new Error(`${raw.kind} stands in no file`);
  if (raw.kind === 'file') return fromFile(raw.path, file, describe(origin), world);
  const folder = dirname(file.path);
  const run = { argv: raw.argv, folder, env: world.env, limitMs: commandLimitMs, name: describe(origin) };
  return { value: withoutLineEnd(await runCommand(run)), notes: [] };
}

function fromFile(named: string, by: ConfigLocation, name: string, world: ConfigDeps): FetchedText {
  const path =
    by.kind === 'project' ? pathInside(named, by, world) : resolve(dirname(by.path), inHome(named, world.home));
  if (path === null) {
    throw new Fault('origin-refused', {
      message: `${name} lies outside of ${by.folder}`,
      hint: 'a project file may only name files of its own folder; put this into your own config file, or set the variable',
    });
  }
  if (!existsSync(path)) {
    throw new Fault('config-invalid', { message: `${name} is not there`, hint: 'check the path in the config file' });
  }
  const opened = openText(path, name);
  // Where secrets are mounted, they belong to root and cannot be closed to others.
  const mine = world.uid === opened.owner && world.uid !== 0;
  const notes = mine && othersCanRead(opened, world) ? [`others can read ${name}: chmod 600 it`] : [];
  return { value: withoutLineEnd(opened.text), notes };
}

/** One, as editors and `echo` leave it. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

export interface CommandRun {
  readonly argv: readonly string[];
  /** The working directory, never the user's: on Windows programs are looked for there first. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limitMs: number;
  /** What the command is called in a message, in place of its words. */
  readonly name: string;
}

/** What a command prints, run without a shell. Throws a `config-invalid` fault that shows none of its output. */
export async function runCommand(run: CommandRun): Promise<string> {
  const { execFile } = await import('node:child_process');
  const [program = '', ...rest] = run.argv;
  const options = {
    cwd: run.folder,
    env: run.env,
    timeout: run.limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024,
    windowsHide: true,
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(program, rest, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(commandFault(run, reasonOf(error, run.limitMs)));
    });
    // A command that asks for input must not wait for it.
    child.stdin?.on('error', () => undefined).end();
  });
}

function reasonOf(error: Error & { killed?: boolean; code?: unknown; signal?: unknown }, limitMs: number): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'printed more than 64 KiB';
  if (error.killed === true) return `took longer than ${limitMs / 1000} s and was killed`;
  if (typeof error.code === 'number') return `ended with exit code ${error.code}`;
  return typeof error.code === 'string' ? `could not be started (${error.code})` : `was ended by ${error.signal}`;
}

function commandFault(run: CommandRun, what: string): Fault {
  return new Fault('config-invalid', {
    message: `${run.name} ${what}`,
    hint: 'run it by hand; it must print the secret and nothing else',
  });
}
