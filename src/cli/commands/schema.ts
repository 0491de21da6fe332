import { Argument, type Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { SchemaName } from './schema-run.ts';

export function addSchema(program: Command, { world }: CommandContext): void {
  program
    .command('schema')
    .description('print a JSON Schema: of the result record, the report, the config file or the manifest')
    .addArgument(new Argument('<name>').choices(schemaNames))
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

const schemaNames: readonly SchemaName[] = ['result', 'report', 'config', 'manifest'];
