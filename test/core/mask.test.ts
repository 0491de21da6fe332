import { expect, test } from 'vitest';
import { maskRecord, maskText } from '../../src/core/mask.ts';
import type { PrivateDetails } from '../../src/core/provider.ts';
import type { Result } from '../../src/core/record.ts';
import { failed, record } from '../render/sample.ts';

/** Shows what is hidden by its letters turned around and its digits as letters, so that nothing finds it again. */
const token = (text: string) => `<${hiddenAs(text)}>`;
const hiddenAs = (text: string) =>
  [...text.replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit))).replace('@', '$')].reverse().join('');
const noDetails: PrivateDetails = { values: [], sentences: [] };
const hide = (changes: Partial<Result>, privateDetails = noDetails) =>
  maskRecord(record(changes), { ...noDetails, ...privateDetails }, token);

test('hides who it is from and to, and says so; everything that a verdict needs stays', () => {
  const plain = { ...failed, from: '+14155550199' };
  const { from, to, redacted, ...rest } = maskRecord(plain, noDetails, token);
  expect([from, to, redacted]).toEqual(['<jjbaffffbeb+>', '<hhhhiiijjjb+>', true]);
  expect({ ...plain, ...rest }).toEqual(plain);
});

test('what is not known stays unknown', () => {
  expect(hide({ from: null, to: '' })).toMatchObject({ from: null, to: '' });
});

test.each([
  ['+1 (999) 888-7777', '<hhhhiiijjjb+>'],
  ['19998887777', '<hhhhiiijjjb+>'],
  ['Ann@Example.COM', '<moc.elpmaxe$nna>'],
  ['shortcode', '<edoctrohs>'],
])('one number and one address have one token, however they are written: %s', (to, hidden) => {
  expect(hide({ to }).to).toBe(hidden);
});

test('hides declared details at any depth, and no others', () => {
  const details = {
    plan: 'free',
    participants: ['+14155550101', '+14155550102'],
    place: { latitude: 52.5, name: 'Home', exact: true, floor: null },
    reasons: [{ code: '7', message: 'no' }],
  };
  const values = ['participants', 'place', 'reasons.message', 'absent', 'plan.absent'];
  expect(hide({ details }, { values, sentences: [] }).details).toEqual({
    plan: 'free',
    participants: ['<babaffffbeb+>', '<cabaffffbeb+>'],
    place: { latitude: '<f.cf>', name: '<emoH>', exact: true, floor: null },
    reasons: [{ code: '7', message: '<on>' }],
  });
});

test('strikes what it hides, and what looks like a number or an address, out of sentences', () => {
  const hidden = hide(
    {
      to: '+19998887777',
      reason: { ...failed.reason!, message: 'no +1 999 888-7777 and no +19998887777, ask bob@example.com' },
      timeline: [{ state: 'sent', providerState: 'SENT', at: null, description: 'to 4155550123', source: 'observed' }],
      warnings: ['said "Hello, Ann" to nobody'],
      details: { content: 'Hello, Ann', title: 'Hello, Ann!', note: 'call 4155550199 now', id: '4155550177' },
    },
    { values: ['content'], sentences: ['note'] },
  );
  expect(hidden.reason?.message).toBe('no <hhhhiiijjjb+> and no <hhhhiiijjjb+>, ask <moc.elpmaxe$bob>');
  expect(hidden.timeline[0]?.description).toBe('to <dcbaffffbe+>');
  expect(hidden.warnings).toEqual(['said "<nnA ,olleH>" to nobody']);
  expect(hidden.details).toEqual({
    content: '<nnA ,olleH>',
    title: '<nnA ,olleH>!',
    note: 'call <jjbaffffbe+> now',
    id: '4155550177',
  });
});

test('a raw body is hidden whole, and its words are not looked for elsewhere', () => {
  const hidden = hide({ raw: { status: 'DELIVERED', n: 7, to: ['x'] }, warnings: ['DELIVERED all the same'] });
  expect(hidden.raw).toEqual({ status: '<DEREVILED>', n: '<h>', to: ['<x>'] });
  expect(hidden.warnings).toEqual(['DELIVERED all the same']);
});

test('a URL loses the people in its filters and nothing else', () => {
  const urlOf = (url: string) => hide({ request: { ...record().request!, url } }).request?.url;
  expect(urlOf('https://h/api?number=%2B14155550123&limit=5')).toBe(
    'https://h/api?number=%3Cdcbaffffbeb%2B%3E&limit=5',
  );
  const asked = 'https://h/api/status?handle=a%20b-c';
  expect(urlOf(asked)).toBe(asked);
});

test.each([
  'msg_abc123def456',
  '8ba7b830-9dad-11d1-80b4-00c04fd430c8',
  'bcX0qaEp0USGciEnUJTW0w',
  'HTTP 404, code 30003, 120 ms',
])('ids and codes in a sentence are nobody’s number: %s', (text) => {
  expect(maskText(text, token)).toBe(text);
});

test('text that is no record is swept too', () => {
  expect(maskText('> GET https://h/list?to=%2B14155550123 (#1)\n> x: ann@example.com', token)).toBe(
    '> GET https://h/list?to=%3Cdcbaffffbeb%2B%3E (#1)\n> x: <moc.elpmaxe$nna>',
  );
});

test.each([
  ['+1 4 1 5 5 5 5 0 1 9 9', '+14155550199'],
  ['+1.415.555.0199', '+14155550199'],
  ['+1 – (415) 555‑0199', '+14155550199'],
  ['+ (1) 415 555 0199', '+14155550199'],
  ['4 1 5 5 5 5 0 1 9 9', '+4155550199'],
  ['415.555.0199', '+4155550199'],
  ['+１４１５５５５０１９９', '+14155550199'],
  ['＋１（４１５）５５５－０１９９', '+14155550199'],
  ['+١٤١٥٥٥٥٠١٩٩', '+14155550199'],
  ['+۱۴۱۵۵۵۵۰۱۹۹', '+14155550199'],
  ['+१४१५५५५०१९९', '+14155550199'],
  ['+𝟏𝟒𝟏𝟓𝟓𝟓𝟓𝟎𝟏𝟗𝟗', '+14155550199'],
  ['+1\u00a0415\u2009555\u200b0199', '+14155550199'],
  ['+49 30 1234567', '+49301234567'],
])('the number %s is found in a sentence, and has the token of its digits', (number, digits) => {
  expect(maskText(`call ${number}, or not`, token)).toBe(`call ${token(digits)}, or not`);
  expect(hide({ to: number }).to).toBe(token(digits));
});

test('several numbers in a row are several numbers', () => {
  expect(maskText('4155550123 4155550199', token)).toBe(`${token('+4155550123')} ${token('+4155550199')}`);
  expect(maskText('x1 4155550123 5th', token)).toBe(`x1 ${token('+4155550123')} 5th`);
});

test.each([
  'ann@bücher.example',
  'ann@xn--bcher-kva.xn--p1ai',
  'анна@пример.рф',
  '用户@例子.广告',
  'ann@例子。广告',
  'ann.oneil+sms@mail.example.co.uk',
  'ann＠example.com',
  'ann﹫example.com',
  '"ann smith"@example.com',
  '"ann@home, or so"@example.com',
  'ann@[10.0.0.1]',
])('the address %s is found in a sentence', (address) => {
  const masked = maskText(`ask <${address}>, please.`, (text) => `[${text.length}]`);
  expect(masked).toBe(`ask <[${address.length}]>, please.`);
});

test.each(['a@b', '@example.com', 'a@', 'a@.com', '@', '@@', 'a@@b.com', '"@"'])('%s is no address', (text) => {
  expect(maskText(text, () => 'HIDDEN')).toBe(text);
});

test('what stands around an address stays', () => {
  expect(maskText('mailto:ann@example.com/x?y ann@example.com2. (ann@example.com)', () => '#')).toBe(
    'mailto:#/x?y #2. (#)',
  );
});

test('keys lose people too, at any depth', () => {
  const details = {
    byNumber: { '+14155550123': 1, note: 2 },
    'ann@example.com': { '4155550199': [] },
    id: { a1: 'x' },
  };
  const hidden = hide({ details, raw: { '+14155550123': { status: 1 }, DELIVERED: 'DELIVERED' } });
  expect(Object.keys(hidden.details)).toEqual(['byNumber', token('ann@example.com'), 'id']);
  expect(hidden.details['byNumber']).toEqual({ [token('+14155550123')]: 1, note: 2 });
  expect(hidden.raw).toEqual({
    [token('+14155550123')]: { status: token('1') },
    DELIVERED: token('DELIVERED'),
  });
  const known = hide({ to: 'Ann Smith', details: { 'for Ann Smith': true } });
  expect(known.details).toEqual({ [`for ${token('Ann Smith')}`]: true });
});
