import type { Command } from 'commander';
import type { CommandContext } from '../command.ts';

export function addMock(program: Command, { world, setExit: settle }: CommandContext): void {
  const command = program
    .command('mock')
    .description('serve a mock of every provider on this machine')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on, 0 for any that is free', '8787')
    .option('--latency <duration>', 'time before every answer')
    .option('--limit <n/s|n/min>', 'answer 429 beyond this many requests')
    .option('--list', 'list the ids that it knows, and what each does')
    .option('-v, --verbose', 'log every request on stderr')
    .addHelpText('after', helpText)
    .action(async () => {
      const [{ mock }, { mockOptions }] = await Promise.all([import('./run.ts'), import('./options.ts')]);
      settle(await mock(mockOptions(command.opts()), world));
    });
}

const helpText = `
Examples:
  sbstatus mock --list
  sbstatus mock --port 8787 -v

In a script, in the background; its first lines are the exports that point look-ups to it:
  sbstatus mock --port 0 > mock.env & mock=$!
  until test -s mock.env; do sleep 0.1; done; . ./mock.env
  sbstatus sendblue get delivered
  kill $mock`;
