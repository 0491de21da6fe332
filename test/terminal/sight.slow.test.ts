import { expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { screenOf } from './screen.ts';
import { ctrlC, ctrlD, openTerminal, type TerminalSetting } from './terminal.ts';

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

test('a batch is shown as it comes, and the live line counts what is done', async () => {
  const argv = ['sendblue', 'get', 'delivered', 'slow', '--mock', '--request-timeout', '1m'];
  const terminal = openTerminal([process.execPath, builtBin(), ...argv], { columns: 100, env: { NO_COLOR: '1' } });
  await terminal.shows('✓ delivered');
  await terminal.shows('1/2 done (1 success)');
  terminal.type(ctrlC);
  expect((await terminal.ended).code).toBe(130);
});

test('under --wait rows come when they are done, and the line says what the others wait for', async () => {
  const argv = ['sendblue', 'get', 'queued', 'delivered', '--mock', '--wait', '--interval', '1m'];
  const terminal = openTerminal([process.execPath, builtBin(), ...argv], { columns: 100, env: { NO_COLOR: '1' } });
  await terminal.shows('✓ delivered');
  await terminal.shows('1/2 done (1 success), waiting for 1 queued');
  terminal.type(ctrlC);
  expect((await terminal.ended).code).toBe(130);
});

test('a summary at a glance: counts, bars, the most frequent reasons', async () => {
  const ids = ['delivered-1', 'delivered-2', 'failed-1', 'failed-2', 'queued'];
  const { code, lines } = await seen(['sendblue', 'get', ...ids, '--mock']);
  expect(code).toBe(20);
  const at = lines.indexOf('note: 5 messages: 2 delivered, 2 failed, 1 pending');
  expect(lines.slice(at + 1, at + 5)).toEqual([
    `  delivered  ${'█'.repeat(40)} 2`,
    `  failed     ${'█'.repeat(40)} 2`,
    `  pending    ${'█'.repeat(20)} 1`,
    '  2 × 10001: Message failed to send',
  ]);
});

test('a list shows clock times beside ages, who sent what came in, and that there is more', async () => {
  const { code, lines, wrapped } = await seen(['sendblue', 'list', '--mock', '--limit', '15']);
  expect([code, wrapped]).toEqual([0, 0]);
  // The mock's messages are of before the full hour; those of yesterday have a date.
  expect(lines[2]).toMatch(/│ (\d\d-\d\d )?\d\d:\d\d \(?\d+ (min|h)/);
  expect(lines.join('\n')).toMatch(/│ ✓ received +│ .*\+1555/);
  expect(lines.at(-1)).toBe('note: there may be more than these 15: raise --limit, or use --all');
});

test('ids that are typed: what is read and how to end, and nothing is drawn over them', async () => {
  const terminal = openTerminal([process.execPath, builtBin(), 'sendblue', 'get', '-', '--mock'], {
    env: { NO_COLOR: '1' },
  });
  await terminal.shows('reading ids, one a line; Ctrl-D ends, Ctrl-C stops');
  terminal.type('delivered\r');
  await terminal.shows('✓ delivered');
  // Past the moment at which a live line would begin.
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(terminal.text()).not.toContain('done');
  terminal.type(ctrlD);
  expect((await terminal.ended).code).toBe(0);
});
