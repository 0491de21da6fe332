import { expect, test } from 'vitest';
import { ageText, briefText, clockText, dateText, formatInZone, timeText } from '../../src/render/times.ts';

const now = Date.parse('2026-03-11T19:54:10.000Z');
const clock = { utc: true, now };

test.each([
  [0, '2026-03-11 19:51 +00:00'],
  [60, '2026-03-11 20:51 +01:00'],
  [-360, '2026-03-11 13:51 -06:00'],
  [345, '2026-03-12 01:36 +05:45'],
  [-210, '2026-03-11 16:21 -03:30'],
  [840, '2026-03-12 09:51 +14:00'],
])('in a zone %i minutes east', (offset, text) => {
  expect(formatInZone(Date.parse('2026-03-11T19:51:10.000Z'), offset)).toBe(text);
});

test.each([
  ['2026-03-11T19:54:10.000Z', 'just now'],
  ['2026-03-11T19:54:09.500Z', 'just now'],
  ['2026-03-11T19:53:58.000Z', '12 s ago'],
  ['2026-03-11T19:53:11.000Z', '59 s ago'],
  ['2026-03-11T19:53:10.000Z', '1 min ago'],
  ['2026-03-11T19:51:10.000Z', '3 min ago'],
  ['2026-03-11T18:54:11.000Z', '59 min ago'],
  ['2026-03-11T18:54:10.000Z', '1 h ago'],
  ['2026-03-09T19:54:11.000Z', '47 h ago'],
  ['2026-03-09T19:54:10.000Z', '2 days ago'],
  ['2025-03-11T19:54:10.000Z', '365 days ago'],
  ['2026-03-11T19:57:10.000Z', 'in 3 min'],
  ['2026-03-11T21:54:10.000Z', 'in 2 h'],
  ['yesterday', ''],
])('the age of %s is %j', (at, text) => {
  expect(ageText(at, clock)).toBe(text);
});

test('in UTC', () => {
  expect(timeText('2026-03-11T19:51:10.000Z', clock)).toBe('2026-03-11 19:51 UTC (3 min ago)');
  expect(dateText('2026-03-11T19:51:10.000Z', clock)).toBe('2026-03-11 19:51 UTC');
});

test('in the machine’s zone the offset is named', () => {
  const at = Date.parse('2026-03-11T19:51:10.000Z');
  const local = formatInZone(at, -new Date(at).getTimezoneOffset());
  expect(timeText('2026-03-11T19:51:10.000Z', { utc: false, now })).toBe(`${local} (3 min ago)`);
});

test('a text that is no time stays as it is', () => {
  expect(timeText('yesterday', clock)).toBe('yesterday');
  expect(dateText('yesterday', { utc: false, now })).toBe('yesterday');
});

test('in ever less room', () => {
  expect(clockText('2026-03-11T19:51:00.000Z', clock)).toBe('19:51 (3 min ago)');
  expect(clockText('2026-03-09T19:51:00.000Z', clock)).toBe('03-09 19:51 (2 days ago)');
  expect(briefText('2026-03-11T19:51:00.000Z', clock)).toBe('19:51 3 min');
  expect(briefText('2026-03-09T19:51:00.000Z', clock)).toBe('03-09 19:51');
  for (const text of [clockText, briefText]) expect(text('no time', clock)).toBe('no time');
});
