import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { exits } from '../../src/core/exit.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realWorld } from '../../src/world.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/run.ts';
import { type ManVariable, manPage } from './man.ts';

const file = fileURLToPath(new URL('../../docs/man/sbstatus.1', import.meta.url));

// `npm run docs` writes the file anew.
test('docs/man/sbstatus.1 tells what the help tells', async () => {
  const program = createProgram({ world: realWorld(), providers: await loadProviders(), setExit: () => undefined });
  const variables: ManVariable[] = JSON.parse((await run(['help', 'environment', '--json'])).stdout);
  const page = manPage(program, variables);
  expect(page.replace(/[\t\n -~]/g, '')).toBe('');
  await expect(page).toMatchFileSnapshot(file);
});

/** As a very wide terminal would show it, without bold and underline. */
function rendered(): string {
  const { status, stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-rLL=400n', '-P-cbou', file], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

needs('groff').test(
  'groff renders it without a warning, with every command, flag, exit code and variable',
  async () => {
    const text = rendered().replace(/\s+/g, ' ');
    const { stdout } = await run(['help', '--json']);
    const words: string[] = [];
    const visit = (command: { usage: string; options: { flags: string }[]; commands: [] }) => {
      if (command.commands.length === 0) words.push(command.usage, ...command.options.map(({ flags }) => flags));
      command.commands.forEach(visit);
    };
    visit(JSON.parse(stdout).command);
    const variables: ManVariable[] = JSON.parse((await run(['help', 'environment', '--json'])).stdout);
    words.push(...Object.values(exits).map(({ when }) => when.slice(1)), ...variables.flatMap(({ names }) => names));
    expect(words.length).toBeGreaterThan(300);
    expect([...new Set(words)].filter((word) => !text.includes(word.replace(/\s+/g, ' ')))).toEqual([]);
  },
);

needs('mandoc').test('mandoc finds nothing worse than a missing date', () => {
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', file], { encoding: 'utf8' });
  expect(stdout.split('\n').filter((line) => line !== '' && !/missing date/.test(line))).toEqual([]);
});

test('package.json has it installed', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(manifest.man).toBe('docs/man/sbstatus.1');
  expect(manifest.files).toContain('docs/man');
});
