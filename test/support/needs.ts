import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe as anyDescribe, test as anyTest } from 'vitest';

const isRoot = process.getuid?.() === 0;

/** What a test may need of the machine, and whether it is there. A word of its own is a program. */
const things: Readonly<Record<string, () => boolean>> = {
  root: () => isRoot,
  'an ordinary user': () => process.getuid !== undefined && !isRoot,
  Linux: () => process.platform === 'linux',
  'Node for Windows': () => process.platform === 'win32' || process.env['SBSTATUS_TEST_WINDOWS_NODE'] !== undefined,
  '/dev/full': () => existsSync('/dev/full'),
  'mounts of its own': () => spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0,
};

const known = new Map<string, boolean>();

/** Whether it is there. Asked once a worker. */
function isThere(thing: string): boolean {
  const before = known.get(thing);
  if (before !== undefined) return before;
  const found = things[thing]?.() ?? spawnSync('sh', ['-c', `command -v ${thing}`]).status === 0;
  known.set(thing, found);
  return found;
}

/**
 * `test` and `describe` for what needs something that not every machine has. Where it is missing they are skipped, and
 * their name says why: skips.ts tells at the end of the run.
 */
export function needs(...wanted: readonly string[]) {
  const missing = wanted.filter((thing) => !isThere(thing));
  const named = (name: string) => (missing.length === 0 ? name : `${name} (needs ${missing.join(' and ')})`);
  const isMissing = missing.length > 0;
  return {
    isMissing,
    test: (name: string, run: () => unknown) => anyTest.skipIf(isMissing)(named(name), async () => void (await run())),
    describe: (name: string, body: () => void) => anyDescribe.skipIf(isMissing)(named(name), body),
  };
}
