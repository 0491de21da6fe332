import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realWorld } from '../../src/world.ts';
import { run } from '../support/run.ts';

// `npm run docs` writes the file anew.
test('docs/commands.md is what sbstatus help prints of every command', async () => {
  const program = createProgram({ world: realWorld(), providers: await loadProviders(), setExit: () => undefined });
  const sections = [await section([])];
  for (const path of pathsBelow(program)) sections.push(await section(path));
  await expect(`${opening}${sections.join('')}`).toMatchFileSnapshot('../../docs/commands.md');
});

const opening = `# Commands

What \`sbstatus help\` says of each command. This page is generated: \`npm run docs\`.
`;

function pathsBelow(command: Command, path: readonly string[] = []): (readonly string[])[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help' || path.length === 0)
    .flatMap((child) => {
      const here = [...path, child.name()];
      return [here, ...pathsBelow(child, here)];
    });
}

async function section(path: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['help', ...path]);
  expect({ path, code, stderr }).toEqual({ path, code: 0, stderr: '' });
  return `\n## ${['sbstatus', ...path].join(' ')}\n\n\`\`\`text\n${stdout.trim()}\n\`\`\`\n`;
}
