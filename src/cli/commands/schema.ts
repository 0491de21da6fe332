import type { Command } from 'commander';
import { type CommandContext, choiceArgument } from './command.ts';
import type { SchemaName } from './schema-run.ts';

export function addSchema(program: Command, { world }: CommandContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of something that sbstatus prints or reads')
    .addArgument(choiceArgument('<name>', 'what it describes', schemaNames))
    .addHelpText('after', helpText)
    .action(async (name: SchemaName) => {
      const { schemaText } = await import('./schema-run.ts');
      await world.stdout.write(await schemaText(name));
    });
}

const helpText = `
Examples:
  sbstatus schema result
  sbstatus schema manifest > sbstatus.manifest.json`;

export const schemaNames: readonly SchemaName[] = [
  'result',
  'report',
  'error',
  'explanation',
  'doctor',
  'config-show',
  'config-path',
  'help',
  'exit-codes',
  'environment',
  'config',
  'manifest',
];
