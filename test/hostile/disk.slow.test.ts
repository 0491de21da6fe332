import { expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { mockEnv } from '../support/mock.ts';
import { needs } from '../support/needs.ts';
import { onVolume } from './volume.ts';

/** Real disks that are full or read-only. What files there may be is tried in test/disk. */

/** Leaves not one block free. */
const fill = 'cat /dev/zero >"$disk/filler" 2>/dev/null';
const look = '"$node" "$bin" sfmc get bcX0qaEp0USGciEnUJTW0w --field state';

needs('mounts of its own').describe('the token cache', () => {
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

needs('mounts of its own').describe('what is written because it was asked for', () => {
  const env = () => ({ bin: builtBin() });
  const found = 'find "$disk" -type f ! -name filler';

  test.each([
    ['a config file', `"$node" "$bin" config init --stdin <<<'sent.apiKey=sk_test_9f2c71d0'`, 41],
    ['a report', '"$node" "$bin" sendblue get delivered --mock -q --junit report.xml', 1],
    ['a journal', '"$node" "$bin" sendblue get delivered --mock -q --resume journal', 2],
  ])('%s, on a full disk: one clear line, and no half of a file', async (_, command, code) => {
    const said = await onVolume(`${fill}; ${command}; code=$?; ${found}; (exit "$code")`, {
      options: 'size=16k',
      env: env(),
    });
    expect([said.code, said.stdout]).toEqual([code, '']);
    expect(said.stderr).toMatch(/^error: \S.*ENOSPC.*; hint: \S.*\n$/);
    expect(said.stderr).not.toContain('sk_test');
  });

  test.each([
    ['a config file', `"$node" "$bin" config init --stdin <<<'sent.apiKey=sk_test_9f2c71d0'`, 41],
    ['a report', '"$node" "$bin" sendblue get delivered --mock -q --markdown report.md', 2],
    ['a journal', '"$node" "$bin" sendblue get delivered --mock -q --resume journal', 2],
  ])('%s, on a read-only disk: one clear line', async (_, command, code) => {
    const said = await onVolume(command, { options: 'ro', env: env() });
    expect([said.code, said.stdout]).toEqual([code, '']);
    expect(said.stderr).toMatch(/^error: \S.*(EROFS|ENOENT).*; hint: \S.*\n$/);
  });
});

needs('mounts of its own').describe('a report of many messages, on a disk that fills up while it is written', () => {
  const ids = Array.from({ length: 400 }, (_, i) => `failed-${i}`);
  const some = 'head -c 20000 /dev/zero >"$disk/filler"';
  const get = `"$node" "$bin" sendblue get ${ids.join(' ')} --mock -q`;

  test.each([
    ['JUnit', '--junit report'],
    ['Markdown', '--markdown report'],
  ])('%s: the old one stays as it was, exit 1, and nothing is left beside it', async (_, flag) => {
    const line = `echo old >report; ${some}; ${get} ${flag}; code=$?; ls; cat report; (exit "$code")`;
    const said = await onVolume(line, { options: 'size=64k', env: { bin: builtBin() } });
    expect([said.code, said.stdout]).toEqual([1, 'filler\nreport\nold\n']);
    expect(said.stderr).toMatch(/^error: \S+report could not be written \(ENOSPC\); hint: \S.*\n$/);
  });

  test('what is added to a file is added whole or not at all', async () => {
    const env = 'GITHUB_STEP_SUMMARY="$disk/summary" GITHUB_OUTPUT="$disk/output"';
    const line = `echo old >summary; ${some}; ${env} ${get} --github; code=$?; cat summary; (exit "$code")`;
    const said = await onVolume(line, { options: 'size=64k', env: { bin: builtBin() } });
    expect([said.code, said.stdout]).toEqual([1, 'old\n']);
    expect(said.stderr).toMatch(/^error: \S+summary could not be written \(ENOSPC\); hint: /m);
  });
});
