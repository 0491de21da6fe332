import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const preload = fileURLToPath(new URL('preload.cjs', import.meta.url));

/**
 * No test, and no process that a test starts, sees the home of whoever runs it, what the environment says of their
 * accounts, or any address but loopback. What was tried all the same fails the run.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-guard-'));
  // For a process of another user, too.
  chmodSync(folder, 0o777);
  const guard = join(folder, 'guard.cjs');
  copyFileSync(preload, guard);
  chmodSync(guard, 0o644);
  const escapes = join(folder, 'escapes');
  for (const name of Object.keys(process.env)) if (isTheirs(name)) delete process.env[name];
  process.env['SBSTATUS_TEST_GUARD'] = guard;
  process.env['SBSTATUS_TEST_ESCAPES'] = escapes;
  return () => {
    const tried = existsSync(escapes) ? readFileSync(escapes, 'utf8') : '';
    rmSync(folder, { recursive: true, force: true });
    if (tried === '') return;
    process.exitCode = 1;
    throw new Error(`tests wanted to leave this machine:\n${tried.split('\n').slice(0, 20).join('\n')}`);
  };
}

/** Settings of the program, and of where its files and its way out are. */
function isTheirs(name: string): boolean {
  if (/^SBSTATUS_TEST_/.test(name)) return false;
  return /^(SBSTATUS_|SENDBLUE_|SENT_|SFMC_|XDG_|APPDATA$|LOCALAPPDATA$)|^((https?|all|no)_proxy)$/i.test(name);
}
