import { Argument, type Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { SchemaName } from './schema-run.ts';

export function addSchema(program: Command, { world }: CommandContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of something that sbstatus prints or reads')
    .addArgument(new Argument('<name>', 'what it describes').choices(schemaNames))
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
