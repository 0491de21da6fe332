import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { onTestFinished } from 'vitest';

/** Context switches of all threads of a process so far, its own and those it was made to do; 0: it has ended. Linux only. */
export function contextSwitches(pid: number): number {
  return threadsOf(pid)
    .flatMap((thread) => [
      ...statusOf(`/proc/${pid}/task/${thread}`).matchAll(/^\w*voluntary_ctxt_switches:\s*(\d+)$/gm),
    ])
    .reduce((sum, [, count]) => sum + Number(count), 0);
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A thread may end while it is looked for. */
function statusOf(folder: string): string {
  try {
    return readFileSync(`${folder}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** Why a test that reads /proc is skipped here; null where it can run. */
export const noProc = process.platform === 'linux' ? null : 'needs /proc, which only Linux has';

/** Starts a process that knows no environment but this and PATH; it is killed with all it started when the test ends. */
export function start(file: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(file, argv, {
    env: { PATH: process.env['PATH'], HOME: '/dev/null/sbstatus-test', ...env },
    cwd: tmpdir(),
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  let lines = 0;
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    // Long outputs are counted, not kept.
    if (stdout.length < 100_000) stdout += chunk.toString('utf8');
    lines += chunk.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  const kill = (): void => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {
      // All of them have ended.
    }
  };
  onTestFinished(kill);
  return {
    pid: Number(child.pid),
    stdin: child.stdin,
    stdout: () => stdout,
    stderr: () => stderr,
    lines: () => lines,
    ended,
    kill,
  };
}
