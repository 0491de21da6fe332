import { describe, expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { mockEnv } from '../support/mock.ts';
import { canMount, onVolume } from './volume.ts';

/** Real disks that are full or read-only. What files there may be is tried in test/disk. */

/** Leaves not one block free. */
const fill = 'cat /dev/zero >"$disk/filler" 2>/dev/null';
const look = '"$node" "$bin" sfmc get bcX0qaEp0USGciEnUJTW0w --field state';

describe.skipIf(!canMount)('the token cache', () => {
  test('on a good disk is written, and no second token is asked for', async () => {
    const { env, requests } = await mockEnv();
    const line = `${look} && ${look}; find "$disk/.cache" -name '*.json' | wc -l`;
    const { stdout } = await onVolume(line, { options: 'size=1m', env: { ...env, bin: builtBin() } });
    expect(stdout).toBe('sent\nsent\n1\n');
    expect(requests.filter((each) => each.startsWith('POST'))).toHaveLength(1);
  });

  test.each([
    ['full', 'size=16k', fill, 'ENOSPC'],
    ['full, with room for a folder', 'size=32k', `mkdir -p -m 700 "$disk/.cache/sbstatus"; ${fill}`, 'ENOSPC'],
    // Node's recursive mkdir calls it ENOENT.
    ['read-only', 'ro', ':', 'EROFS|ENOENT'],
  ])('on a disk that is %s: the look-up goes on, and leaves nothing behind', async (_, options, spoil, code) => {
    const { env, requests } = await mockEnv();
    const line = `${spoil}; ${look} -v; code=$?; find "$disk" -type f ! -name filler; (exit "$code")`;
    const said = await onVolume(line, { options, env: { ...env, bin: builtBin() } });
    expect([said.code, said.stdout]).toEqual([0, 'sent\n']);
    expect(said.stderr).toMatch(new RegExp(`^note: the token cache \\S+ cannot be used \\((${code})\\)$`, 'm'));
    expect(said.stderr).not.toMatch(/^(error|warning| {4}at)/m);
    expect(requests.filter((each) => each.startsWith('POST'))).toHaveLength(1);
  });
});
