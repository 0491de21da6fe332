import { expect, test } from 'vitest';
import { loadPaint, plainPaint } from '../../src/render/paint.ts';
import { type Messages, openMessages } from '../../src/terminal/messages.ts';
import { realWorld } from '../../src/world.ts';

/** What is written on stderr. */
async function textOf(say: (messages: Messages) => Promise<void>, env: Readonly<Record<string, string>> = {}) {
  const world = realWorld();
  let text = '';
  const write = async (piece: string) => {
    text += piece;
  };
  const stderr = { ...world.stderr, terminal: false, write };
  await say(await openMessages({ ...world, env, stderr }, true));
  return text;
}

test('a problem and its hint are one line', async () => {
  expect(await textOf(({ error }) => error('no such message', 'check the id'))).toBe(
    'error: no such message; hint: check the id\n',
  );
  expect(await textOf(({ error }) => error('no such message', ''))).toBe('error: no such message\n');
  expect(await textOf(({ error }) => error('no such message', null))).toBe('error: no such message\n');
});

test('warnings and notes', async () => {
  expect(await textOf(({ warning }) => warning('asking slowly'))).toBe('warning: asking slowly\n');
  expect(await textOf(({ note }) => note('asking http://127.0.0.1:8080'))).toBe('note: asking http://127.0.0.1:8080\n');
});

test('what a provider says stays on its line and does nothing', async () => {
  expect(await textOf(({ error }) => error('it said \u001b]0;x\u0007\r\n', 'a\u202eb'))).toBe(
    'error: it said ␛]0;x␇␍⏎; hint: a\\u202eb\n',
  );
});

test('colour goes to the label only', async () => {
  const env = { FORCE_COLOR: '1' };
  expect(await textOf(({ error }) => error('gone', 'try'), env)).toBe(
    '\u001b[31merror:\u001b[39m gone; \u001b[1mhint:\u001b[22m try\n',
  );
  expect(await textOf(({ warning }) => warning('slow'), env)).toBe('\u001b[33mwarning:\u001b[39m slow\n');
  expect(await textOf(({ note }) => note('mock'), env)).toBe('\u001b[2mnote:\u001b[22m mock\n');
});

test('no colour where none was asked for', async () => {
  expect(await loadPaint(false)).toBe(plainPaint);
});
