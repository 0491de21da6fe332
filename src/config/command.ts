import { Fault } from '../core/fault.ts';

export interface Run {
  readonly argv: readonly string[];
  /** The working directory, never the user's: on Windows programs are looked for there first. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limitMs: number;
  /** What the command is called in a message, in place of its words. */
  readonly name: string;
}

/** What a command prints, run without a shell. Throws a `config-invalid` fault that shows none of its output. */
export async function outputOf(run: Run): Promise<string> {
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
      else reject(failed(run, reasonOf(error, run.limitMs)));
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

function failed(run: Run, what: string): Fault {
  return new Fault('config-invalid', {
    message: `${run.name} ${what}`,
    hint: 'run it by hand; it must print the secret and nothing else',
  });
}
