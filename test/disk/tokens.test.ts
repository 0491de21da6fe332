import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeTokens } from '../../src/disk/tokens.ts';
import { key, now, patient, scene, token } from './scene.ts';

const textOf = (stored: { accessToken: { reveal(): string } } | null) => stored?.accessToken.reveal() ?? null;
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('what one process keeps, another finds', async () => {
  const s = scene();
  await s.open().write(key(), token());
  const found = await s.open().read(key());
  expect([textOf(found), found?.expiresAt, found?.restUrl]).toEqual([
    'the-access-token',
    now + 60_000,
    'https://rest.example/',
  ]);
  expect(s.troubles).toEqual([]);
});

test('the file is the user’s alone, and neither client id nor secret is in it or in its name', async () => {
  const s = scene();
  await s.open().write(key(), token());
  const [name = '', ...others] = readdirSync(s.folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/^sfmc-[0-9a-f]{32}\.json$/);
  expect([modeOf(s.folder), modeOf(join(s.folder, name))]).toEqual([0o700, 0o600]);
  const text = readFileSync(join(s.folder, name), 'utf8');
  expect(Object.keys(JSON.parse(text))).toEqual(['schema', 'accessToken', 'expiresAt', 'restUrl']);
  expect(text + name).not.toContain('client');
});

test('each account has a token of its own', async () => {
  const s = scene();
  await s.open().write(key('1'), token('one'));
  await s.open().write(key(null), token('none'));
  expect(textOf(await s.open().read(key('1')))).toBe('one');
  expect(textOf(await s.open().read(key(null)))).toBe('none');
  expect(await s.open().read(key('2'))).toBeNull();
});

test('a client secret that was changed, or that is wrong, finds no token of another', async () => {
  const s = scene();
  await s.open().write(key(), token());
  expect(await s.open().read(key('7000001', 'a-wrong-secret'))).toBeNull();
  expect(textOf(await s.open().read(key()))).toBe('the-access-token');
});

test.each([
  'https://x.rest.marketingcloudapis.com//127.0.0.1:1/',
  'https://x.rest.marketingcloudapis.com/..//127.0.0.1:1/',
  'https://user@x.rest.marketingcloudapis.com/',
])('a token whose address is %s counts as none', async (restUrl) => {
  const s = scene();
  await s.open().write(key(), { ...token(), restUrl });
  expect(await s.open().read(key())).toBeNull();
});

test('an expired token, and one that pretends to live for days, is none', async () => {
  const s = scene();
  await s.open().write(key(), token('old', -1));
  expect(await s.open().read(key())).toBeNull();
  await s.open().write(key(), token('odd', 3 * 24 * 3600_000));
  expect(await s.open().read(key())).toBeNull();
});

test.each([
  ['cut off', '{"schema":"sbstatus.tok'],
  ['empty', ''],
  ['a token with a line break', JSON.stringify({ accessToken: 'a\nb', schema: 'sbstatus.token/1' })],
  ['huge', `"${'x'.repeat(100_000)}"`],
])('a file that is %s counts as none and is replaced', async (_, text) => {
  const s = scene();
  await s.open().write(key(), token());
  const path = join(s.folder, readdirSync(s.folder)[0]!);
  writeFileSync(path, text);
  expect(await s.open().read(key())).toBeNull();
  await s.open().write(key(), token('new'));
  expect(textOf(await s.open().read(key()))).toBe('new');
});

test('a file of another schema counts as none, however much it looks like one of ours', async () => {
  const s = scene();
  await s.open().write(key(), token());
  const path = join(s.folder, readdirSync(s.folder)[0]!);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('sbstatus.token/1', 'sbstatus.token/9'));
  expect(await s.open().read(key())).toBeNull();
  writeFileSync(path, text);
  expect(textOf(await s.open().read(key()))).toBe('the-access-token');
});

test('a file that others can read is not believed, and is replaced by one that they cannot', async () => {
  const s = scene();
  await s.open().write(key(), token());
  const path = join(s.folder, readdirSync(s.folder)[0]!);
  chmodSync(path, 0o644);
  expect(await s.open().read(key())).toBeNull();
  await s.open().write(key(), token('new'));
  expect([modeOf(path), textOf(await s.open().read(key()))]).toEqual([0o600, 'new']);
});

test('a link in place of the file is neither read nor written through', async () => {
  const s = scene();
  await s.open().write(key(), token());
  const path = join(s.folder, readdirSync(s.folder)[0]!);
  const victim = join(s.world.home, 'victim');
  writeFileSync(victim, readFileSync(path), { mode: 0o600 });
  rmSync(path);
  symlinkSync(victim, path);
  expect(await s.open().read(key())).toBeNull();
  await s.open().write(key(), token('new'));
  expect(readFileSync(victim, 'utf8')).toContain('the-access-token');
  expect(textOf(await s.open().read(key()))).toBe('new');
});

test('a link in place of the folder is not followed; tokens then live in memory', async () => {
  const s = scene();
  const elsewhere = join(s.world.home, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  mkdirSync(join(s.world.home, '.cache'));
  symlinkSync(elsewhere, s.folder);
  const store = s.open();
  expect(await store.exclusively(key(), patient(), async () => 'done')).toBe('done');
  await store.write(key(), token());
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(textOf(await store.read(key()))).toBe('the-access-token');
  expect(await s.open().read(key())).toBeNull();
  expect(s.troubles[0]).toContain('is not a folder');
});

test('a folder that others can enter is closed; one of another user is not used', async () => {
  const s = scene();
  mkdirSync(s.folder, { recursive: true, mode: 0o755 });
  chmodSync(s.folder, 0o777);
  await s.open().write(key(), token());
  expect(modeOf(s.folder)).toBe(0o700);
  const other = s.open({ uid: (s.world.uid ?? 0) + 1 });
  expect(await other.read(key())).toBeNull();
  await other.write(key(), token('mine'));
  expect(s.troubles.at(-1)).toContain('belongs to another user');
});

test('where nothing can be written, look-ups go on', async () => {
  const s = scene();
  writeFileSync(join(s.world.home, '.cache'), 'a file');
  const store = s.open();
  const fetched = await store.exclusively(key(), patient(), async () => {
    await store.write(key(), token());
    return store.read(key());
  });
  expect(textOf(fetched)).toBe('the-access-token');
  expect(s.troubles.length).toBeGreaterThan(0);
});

test('XDG_CACHE_HOME is obeyed when it is absolute', async () => {
  const s = scene();
  const cache = join(s.world.home, 'xdg');
  await s.open({ env: { XDG_CACHE_HOME: cache } }).write(key(), token());
  await s.open({ env: { XDG_CACHE_HOME: 'relative' } }).write(key(), token());
  expect(readdirSync(join(cache, 'sbstatus'))).toHaveLength(1);
  expect(readdirSync(s.folder)).toHaveLength(1);
});

test('removing takes every token of the provider and nothing else', async () => {
  const s = scene();
  expect(removeTokens('sfmc', s.world)).toBe(0);
  await s.open().write(key('1'), token());
  await s.open().write(key('2'), token());
  writeFileSync(join(s.folder, 'notes.txt'), 'mine');
  expect(removeTokens('sfmc', s.world)).toBe(2);
  expect(readdirSync(s.folder)).toEqual(['notes.txt']);
  await s.open().remove(key('1'));
  expect(s.troubles).toEqual([]);
});

test('removing takes what killed writers left, too', async () => {
  const s = scene();
  await s.open().write(key(), token());
  const [name] = readdirSync(s.folder);
  const leftover = join(s.folder, `${name}.0123.tmp`);
  writeFileSync(leftover, 'half a tok', { mode: 0o600 });
  expect(removeTokens('sfmc', s.world)).toBe(1);
  expect(readdirSync(s.folder)).toEqual([]);
});
