import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../core/fault.ts';
import { keyFile, openText, othersCanRead } from './file.ts';
import { describe, type SourcedValue } from './layers.ts';
import type { ConfigDeps, ConfigLocation } from './places.ts';
import { variableIn } from './value.ts';

const commandLimitMs = 10_000;

/** A secret as text, unchecked. */
export interface FetchedText {
  readonly value: string;
  readonly notes: readonly string[];
}

/**
 * What lies where a source says: in a variable, in a file or with a command, which the signal ends. Throws a fault that
 * never quotes it.
 */
export async function fetchText(
  { raw, origin, file }: SourcedValue,
  world: ConfigDeps,
  signal: AbortSignal,
): Promise<FetchedText> {
  if (raw.kind === 'literal') return { value: raw.value.reveal(), notes: [] };
  if (raw.kind === 'variable') return { value: variableIn(world.env, raw.name), notes: [] };
  if (file === null) throw new Error(`${raw.kind} stands in no file`);
  if (raw.kind === 'file') return fromFile(raw.path, file, describe(origin), world);
  const folder = dirname(file.path);
  const run = { argv: raw.argv, folder, limitMs: commandLimitMs, name: describe(origin), signal };
  return { value: withoutLineEnd(await runCommand(run, world)), notes: [] };
}

function fromFile(named: string, by: ConfigLocation, name: string, world: ConfigDeps): FetchedText {
  const path = keyFile(named, by, world);
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
  readonly limitMs: number;
  /** What the command is called in a message, in place of its words. */
  readonly name: string;
  /** Ends the command; its reason is a fault. */
  readonly signal: AbortSignal;
}

const longestOutput = 64 * 1024;

/**
 * What a command prints, run without a shell. It cannot ask for input. However it is cut short, nothing that it started
 * stays behind, as far as that can be told: see `leadsGroup`. Throws a `config-invalid` fault that shows none of its
 * output, or the reason of the signal.
 */
export async function runCommand(run: CommandRun, { env, platform, killGroup }: ConfigDeps): Promise<string> {
  const { spawn } = await import('node:child_process');
  const { argv, folder, limitMs, signal } = run;
  const [program = '', ...rest] = argv;
  const detached = leadsGroup(platform);
  signal.throwIfAborted();
  const child = start(() =>
    spawn(program, rest, { cwd: folder, env, detached, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true }),
  );
  const output: Buffer[] = [];
  let size = 0;
  return new Promise<string>((resolve, reject) => {
    const end = (why: unknown) => {
      clearTimeout(alarm);
      signal.removeEventListener('abort', onAbort);
      reject(why);
    };
    const kill = (why: unknown) => {
      end(why);
      if (detached && child.pid !== undefined) killGroup(child.pid);
      else child.kill('SIGKILL');
      // What it started may still hold its output.
      child.stdout.destroy();
    };
    const onAbort = () => kill(signal.reason);
    const alarm = setTimeout(
      () => kill(commandFault(run, `took longer than ${limitMs / 1000} s and was killed`)),
      limitMs,
    );
    signal.addEventListener('abort', onAbort);
    child.stdout.on('data', (chunk: Buffer) => {
      output.push(chunk);
      size += chunk.length;
      if (size > longestOutput) kill(commandFault(run, 'printed more than 64 KiB'));
    });
    child.on('error', (error: NodeJS.ErrnoException) => end(startFault(run, error)));
    child.on('close', (code, endedBy) => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      end(commandFault(run, code === null ? `was ended by ${endedBy}` : `ended with exit code ${code}`));
    });
  });

  function start<Child>(begin: () => Child): Child {
    try {
      return begin();
    } catch (error) {
      throw startFault(run, error as NodeJS.ErrnoException);
    }
  }
}

/**
 * Whether a command gets a process group of its own, so that all of it can be killed. Such a group has no terminal; where
 * there is one, the command may need it (a password manager that asks), and Ctrl-C reaches all that it started anyway.
 */
function leadsGroup(platform: string): boolean {
  if (platform === 'win32') return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

function startFault(run: CommandRun, { code }: NodeJS.ErrnoException): Fault {
  return commandFault(run, `could not be started (${code})`);
}

function commandFault(run: CommandRun, what: string): Fault {
  return new Fault('config-invalid', {
    message: `${run.name} ${what}`,
    hint: 'run it by hand; it must print the secret and nothing else',
  });
}
