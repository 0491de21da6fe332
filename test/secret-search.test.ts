import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leaksIn } from './support/leaks.ts';
import { search } from './support/secret-search.ts';

const secret = 'p@ss/word+of-tests';

test.each([
  ['in clear', `x${secret}y`],
  ['percent-encoded', `?key=${encodeURIComponent(secret)}&`],
  ['percent-encoded to the last letter', [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join('')],
  ['as base64', Buffer.from(secret).toString('base64')],
  ['as base64 behind one letter', Buffer.from(`a${secret}bc`).toString('base64')],
  ['as base64 behind a user name', Buffer.from(`me@example:${secret}`).toString('base64')],
  ['as base64 for URLs', Buffer.from(`ab${secret}`).toString('base64url')],
  ['as hex', Buffer.from(secret).toString('hex')],
])('a leak that is planted %s is found', (_, text) => {
  expect(leaksIn([{ what: 'here', text }], [secret])).toEqual(['p@ss… in here']);
  expect(leaksIn([{ what: 'here', text: text.slice(0, 3) }], [secret])).toEqual([]);
});

test('a leak in a transcript is found, whoever was given the secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-planted-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const lines = (...entries: object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  writeFileSync(join(folder, 'a.secrets'), lines({ secret: 'another-secret' }, { secret }));
  writeFileSync(
    join(folder, 'b.output'),
    lines({ what: 'clean', text: 'nothing' }, { what: 'dirty', text: `> ${secret}` }),
  );
  expect(search(folder)).toEqual(['p@ss… in dirty']);
});
