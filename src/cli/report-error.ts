import { CommanderError } from 'commander';
import { type ExitName, exitOf } from '../core/exit.ts';
import { Fault, UnwritableError, UsageError } from '../core/fault.ts';
import type { Providers } from '../core/provider.ts';
import { durationMs } from '../core/time.ts';
import { isUnfinished } from '../core/verdict.ts';
import { formats } from '../render/index.ts';
import { jsonText } from '../render/safe-text.ts';
import { openMessages } from '../terminal/messages.ts';
import type { World } from '../world.ts';
import { flagTakesValue } from './flags.ts';

/** A failure that belongs to no id: a usage error, a broken configuration, a bug. stdout stays as it is. */
interface ReportedError {
  readonly exit: ExitName;
  readonly message: string;
  readonly hint: string | null;
  /** Shown before the line, where nobody asked for JSON. */
  readonly text?: string;
  /** Shown with `--debug`, for a bug only. */
  readonly stack?: string | undefined;
}

/** Says on stderr what went wrong, in one line, or in one line of JSON where the command line asks for JSON. */
export async function reportError(
  error: unknown,
  parserText: string,
  argv: readonly string[],
  world: World,
  providers: Providers,
): Promise<ExitName> {
  const failure = failureOf(error, parserText);
  const { exit, text, stack } = failure;
  const suggestion = await suggestionFor(error, parserText, providers);
  const hint = suggestion ?? failure.hint;
  const message = suggestion === null ? failure.message : withoutGuess(failure.message);
  const messages = await openMessages(world, !argv.includes('--no-color'));
  if (wantsJson(argv))
    await messages.write(`${jsonText({ schema: 'sbstatus.error/1', message, hint, exit: exitOf(exit) })}\n`);
  else {
    if (text !== undefined) await messages.write(`${text}\n`);
    await (isUnfinished(exit) ? messages.status : messages.error)(message, hint);
  }
  if (stack !== undefined && argv.includes('--debug')) await messages.write(`${stack}\n`);
  return exit;
}

function failureOf(error: unknown, parserText: string): ReportedError {
  if (error instanceof CommanderError) return misuse(error, parserText);
  if (error instanceof UsageError) return { exit: 'usage', message: error.message, hint: error.hint };
  if (error instanceof Fault) return { exit: error.exit, message: error.message, hint: error.hint };
  if (error instanceof UnwritableError) {
    return { exit: 'internal', message: error.message, hint: 'check the disk and the permissions there' };
  }
  const { code, syscall, message, stack } = error as NodeJS.ErrnoException;
  if (syscall === 'write')
    return {
      exit: 'internal',
      message: `the answer could not be written (${code})`,
      hint: 'check where the output goes',
    };
  const hint = 'this is a bug in sbstatus; please report it with the output of --debug';
  return { exit: 'internal', message: `internal error: ${message}`, hint, stack };
}

/** commander's guess: `sent` is not what `get` means. */
function withoutGuess(message: string): string {
  const at = message.lastIndexOf(' (did you mean ');
  return at === -1 ? message : message.slice(0, at);
}

async function suggestionFor(error: unknown, parserText: string, providers: Providers): Promise<string | null> {
  if (!(error instanceof CommanderError && error.code === 'commander.unknownCommand')) return null;
  const word = /unknown command '([^']*)'/.exec(parserText)?.[1] ?? '';
  const { suggestCommand } = await import('./command-line.ts');
  return suggestCommand(word, providers);
}

const firstSteps = 'begin with: sbstatus sendblue get delivered --mock';

function misuse(error: CommanderError, parserText: string): ReportedError {
  if (error.code === 'commander.help') {
    const hint = parserText.startsWith('Usage: sbstatus [') ? firstSteps : 'name one of those above';
    return { exit: 'usage', message: 'a command is missing', hint, text: parserText };
  }
  const [, flag = '', value = ''] = /unknown option '(--[a-z-]+)=([^']*)'/.exec(parserText) ?? [];
  if (flagTakesValue(flag) === false) {
    const hint =
      flag === '--wait' && durationMs(value) !== null ? `write --wait --timeout ${value}` : 'leave the value out';
    return { exit: 'usage', message: `${flag} takes no value`, hint };
  }
  const message = rewordParserError(parserText === '' ? error.message : parserText);
  return { exit: 'usage', message, hint: soundsSecret.test(message) ? noSecretFlag : seeHelp };
}

const seeHelp = 'add --help to the command to see what it takes';
const noSecretFlag = 'no flag takes a secret: set a variable, see sbstatus help environment, or write a config file';
const soundsSecret = /unknown option '--?[a-z-]*(key|secret|token|password)/i;

/** commander's sentence in one line and in our style, without the value of a flag: it may be a secret. */
function rewordParserError(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\n+/g, ' ')
    .replace(/'(--?[^=']+)(?<! \[)=[^']*'/g, "'$1'")
    .replace(/\. ([A-Z])/g, (_, letter: string) => `: ${letter.toLowerCase()}`)
    .replace('(Did you mean', '(did you mean')
    .replace(/\.$/, '');
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  return flags.some((flag, i) => {
    if (flag === '--json') return true;
    const given =
      /^(?:--output=|-o=?)(.+)$/.exec(flag)?.[1] ?? (/^(-o|--output)$/.test(flag) ? flags[i + 1] : undefined);
    const name = given?.toLowerCase();
    return name !== undefined && Object.hasOwn(formats, name) && formats[name]?.errors === 'json';
  });
}
