import { type Command, InvalidArgumentError } from 'commander';
import { addReadingFlags, ListOption, lookupOptions, oneOf } from '../flags.ts';
import { type CommandContext, lowerCase } from './command.ts';

export function addDecode(program: Command, { world, setExit, providers }: CommandContext): void {
  const command = program
    .command('decode')
    .description('read delivery webhooks on standard input and tell what became of each message; works offline')
    .argument('<provider>', Object.keys(providers).join(', '), lowerCase)
    .argument('[-]', 'standard input, which is read anyway', standardInput);
  addOptions(command);
  command.addHelpText('after', helpText).action(async (provider: string) => {
    const { decode } = await import('./decode-run.ts');
    setExit(
      await decode(
        provider,
        providers,
        lookupOptions(
          command,
          Object.values(providers).filter(({ id }) => id === provider),
        ),
        command.opts<{ at?: string }>().at ?? null,
        world,
      ),
    );
  });
}

function standardInput(text: string): string {
  if (text !== '-') throw new InvalidArgumentError('A file is named with --from-file.');
  return text;
}

function addOptions(command: Command): void {
  const fromFile = new ListOption('-f, --from-file <file>', 'read the events from a file; may be repeated', oneOf);
  command
    .optionsGroup('Input:')
    .addOption(fromFile)
    .option('--at <path>', 'where a line of a log has the event, as JSON or as text: body, request.body');
  addReadingFlags(command);
}

const helpText = `
Events come one a line, as arrays, or as one JSON document of any layout. A line that is none becomes a
record of its own (exit 2), and the rest go on. Exits 0 when all was read; --expect makes the states count.

Examples:
  printf '{"message_handle":"abc","status":"DELIVERED"}' | sbstatus decode sendblue
  sbstatus decode sfmc --from-file events.ndjson -o ndjson --fields id,state,updatedAt
  printf '{"path":"/hook","body":"{\\\\"message_handle\\\\":\\\\"abc\\\\",\\\\"status\\\\":\\\\"READ\\\\"}"}' | sbstatus decode sendblue --at body
  tail -F webhooks.log | sbstatus decode sent -o csv`;
