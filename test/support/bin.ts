import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Outcome } from './run.ts';
import { keepOutput, keepSecrets } from './transcript.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The built program in a folder of its own, where no build that goes on meanwhile can pull it away; until the test ends. */
export function builtBin(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-bin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  builtFolder(folder);
  return join(folder, 'bin/sbstatus.js');
}

/** Copies the built program into a folder, as a package would be. */
export function builtFolder(folder: string): void {
  for (const name of ['bin', 'dist']) cpSync(join(root, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}

export interface ProcessOutcome extends Omit<Outcome, 'code'> {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs it as a real process that knows no environment but this and PATH. */
export function runBin(
  bin: string,
  argv: readonly string[],
  setting: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string; readonly stdin?: string } = {},
): Promise<ProcessOutcome> {
  const child = spawn(process.execPath, [bin, ...argv], {
    env: { PATH: process.env['PATH'], HOME: '/dev/null/sbstatus-test', ...setting.env },
    cwd: setting.cwd ?? tmpdir(),
  });
  for (const [name, value] of Object.entries(setting.env ?? {})) keepSecrets(`${name}=${value}`);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined).end(setting.stdin ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      keepOutput(`bin ${argv.join(' ')}`, stdout + stderr);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
