import { expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { screenOf } from './screen.ts';
import { openTerminal, type TerminalSetting } from './terminal.ts';

/** What somebody at a terminal sees first. */

async function seen(argv: readonly string[], { columns = 80, ...setting }: TerminalSetting = {}) {
  const env = { TZ: 'UTC', NO_COLOR: '1', ...setting.env };
  const terminal = openTerminal([process.execPath, builtBin(), ...argv], { columns, env });
  const { code } = await terminal.ended;
  const { lines, wrapped } = await screenOf(terminal.text(), columns);
  return { code, lines, wrapped };
}

const cards = [
  ['delivered', ['sendblue', 'get', 'delivered', '--mock'], 0],
  ['failed', ['sendblue', 'get', 'failed', '--mock'], 20],
  ['pending', ['sendblue', 'get', 'queued', '--mock'], 21],
  ['not found', ['sendblue', 'get', 'missing', '--mock'], 24],
  ['no credentials', ['sendblue', 'get', 'id1'], 41],
] as const;

test.each(cards.flatMap(([name, argv, exit]) => [40, 80, 120].map((columns) => [name, columns, argv, exit] as const)))(
  'the card of %s in %i columns: no line is folded, nothing is said twice, and it fits 24 lines',
  async (_, columns, argv, exit) => {
    const { code, lines, wrapped } = await seen(argv, { columns });
    expect([code, wrapped]).toEqual([exit, 0]);
    expect(lines.length).toBeLessThanOrEqual(22);
    if (exit !== 0) expect(lines.at(-1)).toMatch(new RegExp(`^(error: )?[a-z-]+ \\(exit ${exit}\\)$`));
    const text = lines.join(' ').replace(/\s+/g, ' ');
    for (const once of [
      'Message failed to send',
      '+15550100142',
      'add --wait',
      'ask with the message_handle',
      'export ',
    ]) {
      expect(text.split(once).length).toBeLessThanOrEqual(2);
    }
  },
);

test('where the card goes elsewhere, stderr says why and what to do, broken between words', async () => {
  const terminal = openTerminal(
    ['/bin/sh', '-c', `"$0" "$1" sendblue get failed --mock >/dev/null`, process.execPath, builtBin()],
    {
      env: { NO_COLOR: '1' },
    },
  );
  expect((await terminal.ended).code).toBe(20);
  const { lines, wrapped } = await screenOf(terminal.text(), 80);
  expect(wrapped).toBe(0);
  expect(lines[0]).toBe('error: the message failed: Message failed to send, code 10001');
  expect(lines[1]).toMatch(/^hint: .*\w$/);
});
