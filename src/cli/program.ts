import { Command, CommanderError, Help } from 'commander';
import { type ExitName, exits } from '../core/exit.ts';
import { loadProviders, providerIds } from '../providers/index.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';
import { type AddCommand, type CommandContext, examples } from './commands/command.ts';
import { addProviders, namedCommands } from './commands/index.ts';
import { refuseRepeats } from './flags.ts';
import { reportError } from './report-error.ts';

/** Parses and runs one command line → the exit code. The program is built afresh for each run. */
export async function runProgram(given: readonly string[], world: World): Promise<number> {
  const result = { out: '', err: '' };
  let exit: ExitName = 'ok';
  const setExit = (name: ExitName): void => {
    exit = name;
  };
  // Where the command line begins with a provider's name, nothing of the others is loaded.
  const [word = '', next = ''] = given;
  const isInOrder = [...providerIds, 'config'].includes(word)
    ? /^[a-z]+$/.test(next) && next !== 'help'
    : namedCommands.has(word) || /^(-V|--version|-h|--help)?$/.test(word);
  const args = isInOrder ? given : await orderWords(given);
  const [first = '', operation] = args;
  const isProvider = providerIds.includes(first);
  const providers = await loadProviders(isProvider ? [first] : providerIds);
  // `help` tells of all commands; every other one is built alone.
  const named = first === 'help' ? undefined : namedCommands.get(first);
  const program = createProgram(
    { world, setExit, providers, operation },
    isProvider ? [addProviders] : named === undefined ? allCommands : [named],
  );
  configure(program, result, world);
  try {
    if (given.includes('--wait') || given.includes('-w')) {
      const { refuseTimeOfWait } = await import('./command-line.ts');
      refuseTimeOfWait(given);
    }
    await parse(program, args);
    await world.stdout.write(result.out);
  } catch (error) {
    exit = await reportError(error, result.err, args, world, providers);
  }
  return exits[exit].code;
}

async function orderWords(argv: readonly string[]): Promise<readonly string[]> {
  const { orderArguments } = await import('./command-line.ts');
  return orderArguments(argv, [...providerIds, ...namedCommands.keys()], providerIds);
}

/** commander throws help and version too, which are no errors. */
async function parse(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
}

/** In the order of the help. */
const allCommands: readonly AddCommand[] = [addProviders, ...namedCommands.values()];

/** The whole command line; the reference in docs/ is generated from it. */
export function createProgram(context: CommandContext, parts: readonly AddCommand[] = allCommands): Command {
  const program = new Command('sbstatus')
    .description('What became of this message? Asks the provider that carried it.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .configureHelp({ formatHelp })
    .addHelpText('after', '\nThe exit code is the verdict: sbstatus help exit-codes');
  examples.set(program, () => firstExamples);
  for (const add of parts) add(program, context);
  return program;
}

/** commander's own help, with the examples below usage and description. */
function formatHelp(command: Command, helper: Help): string {
  const text = Help.prototype.formatHelp.call(helper, command, helper);
  const lines = examples.get(command)?.();
  if (lines === undefined) return text;
  const [usage = '', description = '', ...rest] = text.split('\n\n');
  return [usage, description, ['Examples:', ...lines.map((line) => `  ${line}`)].join('\n'), ...rest].join('\n\n');
}

const firstExamples = [
  'sbstatus sendblue get delivered --mock    # --mock: without credentials',
  'sbstatus sent get delivered --mock --wait --expect delivered',
  'sbstatus check sendblue:delivered sent:delivered --mock --json',
  'sbstatus explain sfmc 25',
];

/** commander's own output is held back: who asked for JSON gets errors as JSON. */
function configure(command: Command, result: { out: string; err: string }, world: World): void {
  const { stdout } = world;
  command.exitOverride().showSuggestionAfterError(true);
  refuseRepeats(command);
  command.configureOutput({
    writeOut: (text) => {
      result.out += text;
    },
    writeErr: (text) => {
      result.err += text;
    },
    getOutHelpWidth: () => (stdout.terminal && stdout.columns > 0 ? stdout.columns : 100),
    getErrHelpWidth: () => 100,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  for (const child of command.commands) configure(child, result, world);
}
