import { readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import {
  type Locker,
  longestHoldMs,
  longestLivingHoldMs,
  removeLeftovers,
  tryLock,
  unlock,
} from '../../src/disk/lock.ts';
import { ensurePrivateFolder } from '../../src/disk/private-file.ts';
import { realClock } from '../../src/world.ts';
import { key, now, patient, scene, token } from './scene.ts';

function lockers() {
  const { folder, world } = scene();
  ensurePrivateFolder(folder, world.uid);
  const path = join(folder, 'x.lock');
  let names = 0;
  const locker = (changes: Partial<Locker> = {}): Locker => {
    names += 1;
    return {
      owner: world.uid,
      host: 'here',
      pid: 1000 + names,
      unique: `a${names}`,
      isAlive: () => true,
      now: () => now,
      ...changes,
    };
  };
  return { folder, path, locker };
}

test('one holds it, and after it another', () => {
  const { folder, path, locker } = lockers();
  const [a, b] = [locker(), locker()];
  expect([tryLock(path, a), tryLock(path, b)]).toEqual([true, false]);
  unlock(path, b);
  expect(tryLock(path, b)).toBe(false);
  unlock(path, a);
  expect(tryLock(path, b)).toBe(true);
  unlock(path, b);
  expect(readdirSync(folder)).toEqual([]);
});

test('a dead holder is passed over at once, and by one only', () => {
  const { folder, path, locker } = lockers();
  const dead = locker();
  const isAlive = (pid: number) => pid !== dead.pid;
  tryLock(path, dead);
  const heirs = [locker({ isAlive }), locker({ isAlive }), locker({ isAlive })];
  expect(heirs.map((heir) => tryLock(path, heir))).toEqual([true, false, false]);
  // The dead one's process may only have been asleep.
  unlock(path, dead);
  expect(readdirSync(folder)).toEqual(['x.lock']);
});

test('who dies while passing over a dead one is passed over too', () => {
  const { folder, path, locker } = lockers();
  const [dead, second] = [locker(), locker()];
  tryLock(path, dead);
  tryLock(`${path}.${dead.unique}`, second);
  const heir = locker({ isAlive: (pid) => pid !== dead.pid && pid !== second.pid });
  expect(tryLock(path, heir)).toBe(true);
  expect(readdirSync(folder)).toEqual(['x.lock']);
});

test('while one who lives is about to remove it, nobody else does', () => {
  const { path, locker } = lockers();
  const [dead, second] = [locker(), locker()];
  tryLock(path, dead);
  tryLock(`${path}.${dead.unique}`, second);
  expect(tryLock(path, locker({ isAlive: (pid) => pid !== dead.pid }))).toBe(false);
});

test('a process number of another machine says nothing; its age does', () => {
  const { path, locker } = lockers();
  tryLock(path, locker({ host: 'there' }));
  const heir = (at: number) => locker({ isAlive: () => false, now: () => at });
  expect(tryLock(path, heir(now + longestHoldMs))).toBe(false);
  expect(tryLock(path, heir(now + longestHoldMs + 1))).toBe(true);
});

test('one that is alive may take longer, but not for ever', () => {
  const { path, locker } = lockers();
  tryLock(path, locker());
  expect(tryLock(path, locker({ now: () => now + longestLivingHoldMs }))).toBe(false);
  expect(tryLock(path, locker({ now: () => now + longestLivingHoldMs + 1 }))).toBe(true);
});

test('a stuck holder loses it, also where the clock was set back', () => {
  const { path, locker } = lockers();
  tryLock(path, locker({ now: () => now + 3_600_000 }));
  expect(tryLock(path, locker())).toBe(true);
});

test.each([
  ['words of nobody', (path: string) => writeFileSync(path, 'hello', { mode: 0o600 })],
  ['a link', (path: string) => symlinkSync('/dev/null', path)],
])('%s in its place is removed', (_, plant) => {
  const { folder, path, locker } = lockers();
  plant(path);
  expect(tryLock(path, locker())).toBe(true);
  expect(readdirSync(folder)).toEqual(['x.lock']);
});

test('what its lockers left behind goes with the next one, and what may be in use stays', () => {
  const { folder, path, locker } = lockers();
  const words = (pid: number) => JSON.stringify({ host: 'here', pid, unique: 'aa', since: now });
  const plant = (name: string, text: string, age = 0) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    utimesSync(join(folder, name), (now - age) / 1000, (now - age) / 1000);
  };
  plant('x.lock.a1.tmp', words(1));
  plant('x.lock.a2.tmp', '', 2 * longestLivingHoldMs);
  plant('x.lock.b1.tmp', words(2));
  plant('x.lock.b2.tmp', '');
  plant('x.lock.notes.tmp', words(1));
  plant('y.lock.a1.tmp', words(1));
  const one = locker({ isAlive: (pid) => pid !== 1, patienceMs: Number.POSITIVE_INFINITY });
  expect(tryLock(path, one)).toBe(true);
  removeLeftovers(path, one);
  expect(readdirSync(folder).sort()).toEqual([
    'x.lock',
    'x.lock.b1.tmp',
    'x.lock.b2.tmp',
    'x.lock.notes.tmp',
    'y.lock.a1.tmp',
  ]);
});

test.each([
  ['an empty one', '', {}],
  ['an empty one that others may not be removed for', '', { sparesOthers: true, patienceMs: Number.POSITIVE_INFINITY }],
  ['one full of zeros', '\0'.repeat(90), { sparesOthers: true, patienceMs: Number.POSITIVE_INFINITY }],
])('%s is being taken, or was left by who died over it', (_, text, changes) => {
  const { folder, path, locker } = lockers();
  writeFileSync(path, text, { mode: 0o600 });
  utimesSync(path, now / 1000, now / 1000);
  const heir = (at: number) => locker({ ...changes, now: () => at });
  expect(tryLock(path, heir(now + longestLivingHoldMs))).toBe(false);
  expect(tryLock(path, heir(now + longestLivingHoldMs + 1))).toBe(true);
  expect(readdirSync(folder)).toEqual(['x.lock']);
});

test('one that is from the future, by a clock that was set back, is left too', () => {
  const { path, locker } = lockers();
  writeFileSync(path, '', { mode: 0o600 });
  utimesSync(path, now / 1000 + 86_400, now / 1000 + 86_400);
  expect(tryLock(path, locker({ sparesOthers: true }))).toBe(true);
});

test('of many stores at once each has its turn alone, and finds what the first has fetched', async () => {
  const s = scene();
  let inside = 0;
  let fetched = 0;
  const look = async () => {
    const store = s.open();
    await store.exclusively(key(), patient(), async () => {
      inside += 1;
      expect(inside).toBe(1);
      if ((await store.read(key())) === null) {
        fetched += 1;
        await realClock.sleep(30, patient().signal);
        await store.write(key(), token());
      }
      inside -= 1;
    });
  };
  await Promise.all(Array.from({ length: 20 }, look));
  expect(fetched).toBe(1);
  expect(readdirSync(s.folder).filter((name) => !name.endsWith('.json'))).toEqual([]);
});

test('who waits in vain is told what to do', async () => {
  const s = scene();
  const holding = new AbortController();
  const held = s.open().exclusively(key(), patient(), () => realClock.sleep(20_000, holding.signal));
  await realClock.sleep(20, patient().signal);
  const bounds = { ...patient(), deadline: realClock.monotonic() + 50 };
  const fault = await s
    .open()
    .exclusively(key(), bounds, async () => null)
    .catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Fault);
  expect(fault).toMatchObject({ code: 'timeout', hint: expect.stringContaining('--no-token-cache') });
  holding.abort();
  await held;
});

test('work that fails gives the lock back', async () => {
  const s = scene();
  const fails = s.open().exclusively(key(), patient(), () => Promise.reject(new Error('no token')));
  await expect(fails).rejects.toThrow('no token');
  expect(await s.open().exclusively(key(), patient(), async () => 'next')).toBe('next');
});
