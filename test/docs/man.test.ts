import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { exits } from '../../src/core/exit.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realWorld } from '../../src/world.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/run.ts';
import { type ManVariable, manPage } from './man.ts';

/** The page as it ought to be: while `npm run docs` runs, the file is the one before. */
async function freshPage(): Promise<string> {
  const program = createProgram({ world: realWorld(), providers: await loadProviders(), setExit: () => undefined });
  return manPage(program, await variables());
}

async function variables(): Promise<ManVariable[]> {
  return JSON.parse((await run(['help', 'environment', '--json'])).stdout);
}

// `npm run docs` writes the file anew.
test('docs/man/sbstatus.1 tells what the help tells', async () => {
  const page = await freshPage();
  expect(page.replace(/[\t\n -~]/g, '')).toBe('');
  await expect(page).toMatchFileSnapshot('../../docs/man/sbstatus.1');
});

needs('groff').test(
  'groff renders it without a warning, with every command, flag, exit code and variable',
  async () => {
    // As a very wide terminal would show it, without bold and underline.
    const argv = ['-man', '-ww', '-Tutf8', '-rLL=400n', '-P-cbou'];
    const groff = spawnSync('groff', argv, { input: await freshPage(), encoding: 'utf8' });
    expect({ status: groff.status, stderr: groff.stderr }).toEqual({ status: 0, stderr: '' });
    const text = groff.stdout.replace(/\s+/g, ' ');
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

needs('mandoc').test('mandoc finds nothing worse than a missing date', async () => {
  const argv = ['-T', 'lint', '-W', 'warning'];
  const { stdout } = spawnSync('mandoc', argv, { input: await freshPage(), encoding: 'utf8' });
  expect(stdout.split('\n').filter((line) => line !== '' && !/missing date/.test(line))).toEqual([]);
});

test('package.json has it installed', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  // npm links none that is not in a list.
  expect(manifest.man).toEqual(['docs/man/sbstatus.1']);
  expect(manifest.files).toContain('docs/man');
});
