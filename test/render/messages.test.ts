import { expect, test } from 'vitest';
import { loadPaint, plainPaint } from '../../src/render/paint.ts';
import { createMessageFormat } from '../../src/terminal/messages.ts';

const plain = createMessageFormat(plainPaint);

test('a problem and its hint are one line', () => {
  expect(plain.error('no such message', 'check the id')).toBe('error: no such message; hint: check the id\n');
  expect(plain.error('no such message')).toBe('error: no such message\n');
  expect(plain.error('no such message', null)).toBe('error: no such message\n');
});

test('warnings and notes', () => {
  expect(plain.warning('asking slowly')).toBe('warning: asking slowly\n');
  expect(plain.note('asking http://127.0.0.1:8080')).toBe('note: asking http://127.0.0.1:8080\n');
});

test('what a provider says stays on its line and does nothing', () => {
  expect(plain.error('it said \u001b]0;x\u0007\r\n', 'a\u202eb')).toBe('error: it said ␛]0;x␇␍⏎; hint: a\\u202eb\n');
});

test('colour goes to the label only', async () => {
  const colored = createMessageFormat(await loadPaint(true));
  expect(colored.error('gone', 'try')).toBe('\u001b[31merror:\u001b[39m gone; \u001b[1mhint:\u001b[22m try\n');
  expect(colored.warning('slow')).toBe('\u001b[33mwarning:\u001b[39m slow\n');
  expect(colored.note('mock')).toBe('\u001b[2mnote:\u001b[22m mock\n');
});

test('no colour where none was asked for', async () => {
  expect(await loadPaint(false)).toBe(plainPaint);
});
