import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { run } from '../support/run.ts';

/** Lines of shell that people are told to paste: those of a page's `sh` blocks. */
function linesOf(page: string): string[] {
  const text = readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks
    .join('')
    .split('\n')
    .filter((line) => line !== '');
}

/** And the examples of a command's help. */
async function examplesOf(argv: readonly string[]): Promise<string[]> {
  const { stdout } = await run([...argv, '--help']);
  const [, examples = ''] = /^Examples:\n((?: {2}.+\n)+)/m.exec(stdout) ?? [];
  return examples
    .trimEnd()
    .split(/\n? {2}/)
    .slice(1);
}

/** A shell in a folder with `sbstatus` on its path, and the files that the examples name. */
function shell(): (line: string) => { code: number | null; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-pages-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'sbstatus'), `#!/bin/sh\nexec "${process.execPath}" "${builtBin()}" "$@"\n`);
  chmodSync(join(folder, 'sbstatus'), 0o755);
  const sfmc = { eventCategoryType: 'TransactionalSendEvents.SmsDelivered', info: { messageKey: 'k' } };
  writeFileSync(join(folder, 'events.ndjson'), JSON.stringify(sfmc));
  const sent = { field: 'message', payload: { message_id: 'm', message_status: 'SENT' } };
  writeFileSync(join(folder, 'webhooks.log'), `${JSON.stringify(sent)}\n`);
  const env = { PATH: [folder, process.env['PATH']].join(delimiter), HOME: folder };
  return (line) => {
    // What never ends by itself is let end.
    const { status, stderr } = spawnSync('sh', ['-c', line.replace('tail -F', 'cat')], { cwd: folder, env });
    return { code: status, stderr: stderr.toString() };
  };
}

test.each([
  ['list', ['sendblue', 'list']],
  ['explain', ['explain']],
  ['decode', ['decode']],
])('what the page and the help on %s say to type works', async (page, argv) => {
  const paste = shell();
  const lines = [...linesOf(page), ...(await examplesOf(argv))];
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    const { code, stderr } = paste(line);
    // Messages that were listed may well be pending when they are asked for again.
    const wanted = line.includes('get -') ? [0, 21] : [0];
    expect([line, wanted.includes(code ?? -1) ? 'works' : stderr]).toEqual([line, 'works']);
  }
});

// Those of `check` and `schema` are pasted by recipes.slow.test.ts, those of `completion` by completion.slow.test.ts.
test.each(
  [
    '',
    'sendblue',
    'sendblue status',
    'sendblue get',
    'sent',
    'sent get',
    'sfmc',
    'sfmc get',
    'sfmc logout',
    'config show',
    'config path',
    'doctor',
    'help',
  ].map((command) => [command]),
)('what the help on "%s" says to type works', { timeout: 180_000 }, async (command) => {
  const paste = shell();
  const lines = await examplesOf(command.split(' ').filter((word) => word !== ''));
  expect(lines).not.toEqual([]);
  for (const line of lines) {
    const { code, stderr } = paste(line);
    // The documented messages of the mock are in every state.
    const works = [0, 20, 21].includes(code ?? -1) ? 'works' : stderr;
    expect([line, works]).toEqual([line, 'works']);
  }
});

test('the script in the help on mock works', async () => {
  const lines = await examplesOf(['mock']);
  const script = lines.slice(lines.findIndex((line) => line.startsWith('#')));
  expect(script.length).toBeGreaterThan(4);
  expect(shell()(script.join('\n'))).toMatchObject({ code: 0 });
});
