import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A shell with a disk of its own, which is gone with the shell: a mount that nobody else sees, in a namespace of its own. */

export interface Said {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Volume {
  /** For mount: `size=64k`, `ro`. */
  readonly options: string;
  readonly env: Readonly<Record<string, string>>;
  /** It is killed then; 100 s where absent. */
  readonly patienceMs?: number;
}

/** Runs a line of bash with the volume mounted at `$disk`, which is the home too. */
export async function onVolume(line: string, { options, env, patienceMs = 100_000 }: Volume): Promise<Said> {
  const script = `disk=$(mktemp -d); trap 'umount "$disk"; rmdir "$disk"' EXIT
    mount -t tmpfs -o "$options" tmpfs "$disk"; export HOME="$disk"; cd "$disk"; ${line}; code=$?; cd /; exit "$code"`;
  const child = spawn('unshare', ['-rm', 'bash', '--norc', '-c', script], {
    env: { PATH: process.env['PATH'], options, node: process.execPath, ...env },
    detached: true,
  });
  child.stdin.end();
  const alarm = setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), patienceMs);
  const ended = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  clearTimeout(alarm);
  return { code, stdout, stderr };
}
