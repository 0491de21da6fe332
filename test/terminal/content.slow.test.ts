import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { json, respond } from '../support/hostile/behaviour.ts';
import { startHostile } from '../support/hostile-server.ts';
import { screenOf } from './screen.ts';
import { openTerminal, type TerminalSetting } from './terminal.ts';

/** Every script here is as wide in the emulator as elsewhere; on Indic conjuncts and joined emoji terminals differ. */
const hostile = [
  'begin',
  '\x1b[2J\x1b[31m\x1b[6n\x1b[?1049h\x1bc',
  '\x1b]0;owned\x07\x1b]2;owned\x1b\\',
  '\x1b]8;;https://evil.example\x07link\x1b]8;;\x07',
  '\x1b]52;c;ZXZpbA==\x07',
  '\x9b2J\x9d0;owned\x9c\x90q\x9c',
  'over\rwritten\b\b\b\x07\x05\x7f',
  'two\nlines\u2028three',
  '\u202egnirts\u2066x',
  'zero\u200bwidth\ufeff\u{e0041}',
  'สวัสดี กำลัง ไทย',
  '漢字かな',
  `z${'\u0301'.repeat(200)}`,
  'end',
].join(' ');

/** A failed message that says it in every field that a sender, a recipient or a carrier can fill. */
function said(handle: string, text: string): string {
  const data = {
    message_handle: handle,
    status: 'ERROR',
    content: text,
    to_number: text,
    from_number: text,
    error_code: 4001,
    error_message: text,
    error_detail: text,
    group_display_name: text,
  };
  return JSON.stringify({ status: text, data });
}

/** A server that says `text` about any message. */
async function envOf(text: string): Promise<Record<string, string>> {
  const server = await startHostile({
    name: 'says it',
    kind: 'http',
    answer: (socket, { head }) =>
      respond(socket, '200 OK', [json], said(/messages\/(\S+)/.exec(head)?.[1] ?? '', text)),
  });
  onTestFinished(server.close);
  const { origin } = server;
  return { SENDBLUE_API_API_KEY: 'key-1', SENDBLUE_API_API_SECRET: 'secret-1', SENDBLUE_API_BASE_URL: origin };
}

async function shown(argv: readonly string[], setting: TerminalSetting) {
  // What is said on stderr is left to the terminal to fold; stdout is fitted.
  const command = ['/bin/sh', '-c', 'exec "$@" 2>/dev/null', 'sh', process.execPath, builtBin(), ...argv];
  const terminal = openTerminal(command, setting);
  const { code } = await terminal.ended;
  return { code, text: terminal.text(), ...(await screenOf(terminal.text(), setting.columns || 80)) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that we write ourselves
const colour = /\x1b\[\d*m/g;

const one = ['sendblue', 'get', 'id1'];
const many = ['sendblue', 'get', 'id1', 'id2', 'id3'];

test.each([
  ['a card', one, 80],
  ['a card', one, 20],
  ['a card', one, 0],
  ['a table', many, 80],
  ['a table', many, 20],
  ['a table', many, 0],
  ['a trace', [...one, '--debug'], 80],
  ['json', [...one, '--json', '--raw'], 80],
  ['csv', [...many, '-o', 'csv'], 80],
  ['ndjson', [...many, '-o', 'ndjson'], 80],
  ['a field', [...one, '--field', 'reason.message'], 80],
])('hostile text moves no terminal: %s %j in %i columns', async (_, argv, columns) => {
  // In CI there is no live line, which a slow machine would show.
  const env = { ...(await envOf(hostile)), CI: '1' };
  const terminal = openTerminal([process.execPath, builtBin(), ...argv, '--reveal'], { columns, env });
  expect((await terminal.ended).code).toBe(20);
  const screen = await screenOf(terminal.text(), columns || 80);
  expect(screen.deeds).toEqual([]);
  expect(terminal.text().replaceAll(colour, '').replaceAll('\r\n', '')).not.toMatch(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u,
  );
  // Nothing was wiped out or painted over: what was said first is still on the screen.
  expect(screen.lines[0]).toMatch(/^note: using/);
});

test.each([
  ['a card', one, 80],
  ['a card', one, 20],
  ['a card', one, 0],
  ['a table', many, 80],
  ['a table', many, 20],
  ['a table', many, 0],
])('no line of %s %j overflows %i columns', async (_, argv, columns) => {
  const { code, wrapped, lines } = await shown(argv, { columns, env: await envOf(hostile.repeat(3)) });
  expect([code, wrapped]).toEqual([20, 0]);
  expect(lines.filter((line) => line.includes('✗ failed'))).toHaveLength(argv.length - 2);
});

test.each([
  [{}, true],
  [{ NO_COLOR: '1' }, false],
  [{ NO_COLOR: '' }, true],
  [{ TERM: 'dumb' }, false],
  [{ FORCE_COLOR: '0' }, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('in a terminal with %j, colour: %s', async (env, colored) => {
  const { code, text } = await shown(['sendblue', 'get', 'msg_abc123def456', '--mock'], { env });
  expect([code, text.search(colour) !== -1]).toEqual([21, colored]);
});
