import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leaksIn } from './support/leaks.ts';
import { search } from './support/secret-search.ts';

const secret = 'p@ss/w0rd+of-7ests';
const each = (write: (code: number) => string) => [...secret].map((c) => write(c.charCodeAt(0))).join('');
const hex = (code: number) => code.toString(16).padStart(2, '0');

test.each([
  ['in clear', `x${secret}y`],
  ['in upper case', secret.toUpperCase()],
  ['as its first half', `"key":"${secret.slice(0, 9)}"`],
  ['as its second half', `…${secret.slice(9)}`],
  ['percent-encoded', `?key=${encodeURIComponent(secret)}&`],
  ['percent-encoded twice', `?key=${encodeURIComponent(encodeURIComponent(secret))}&`],
  ['percent-encoded to the last letter', each((code) => `%${hex(code)}`)],
  ['with one escape of JSON', JSON.stringify(secret).replace('+', '\\u002B').replace('/', '\\/')],
  ['in escapes of JSON', each((code) => `\\u00${hex(code)}`)],
  ['in escapes of JSON within JSON', JSON.stringify(each((code) => `\\u00${hex(code)}`))],
  ['in escapes of JavaScript', each((code) => `\\x${hex(code)}`)],
  ['in escapes with braces', each((code) => `\\u{${code.toString(16)}}`)],
  ['in octal escapes', each((code) => `\\${code.toString(8).padStart(3, '0')}`)],
  ['in percent signs of JavaScript’s escape', each((code) => `%u00${hex(code)}`)],
  ['as hex with colons', each((code) => `${hex(code)}:`)],
  ['as hex with blanks', each((code) => `${hex(code)} `)],
  ['in decimal entities', each((code) => `&#${code};`)],
  ['in hexadecimal entities', each((code) => `&#x${hex(code).toUpperCase()};`)],
  ['in entities with zeros and no semicolon', each((code) => `&#000${code}`)],
  ['in named entities', secret.replace('+', '&plus;').replace('/', '&sol;')],
  ['in entities within Markdown', secret.replace('@', '&amp;#64;')],
  ['in full width', each((code) => String.fromCharCode(code + 0xfee0))],
  ['with zero-width characters between', [...secret].join('\u200b')],
  ['with tags between', [...secret].join('\u{e0041}')],
  ['with controls between', [...secret].join('\u0000')],
  ['as base64', Buffer.from(secret).toString('base64')],
  ['as base64 behind one letter', Buffer.from(`a${secret}bc`).toString('base64')],
  ['as base64 behind a user name', Buffer.from(`me@example:${secret}`).toString('base64')],
  ['as base64 for URLs', Buffer.from(`ab${secret}`).toString('base64url')],
  ['as hex', Buffer.from(secret).toString('hex')],
  ['as hex in upper case', Buffer.from(secret).toString('hex').toUpperCase()],
])('a leak that is planted %s is found', (_, text) => {
  expect(leaksIn([{ what: 'here', text }], [secret])).toEqual(['p@ss… in here']);
  expect(leaksIn([{ what: 'here', text: text.slice(0, 7) }], [secret])).toEqual([]);
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
