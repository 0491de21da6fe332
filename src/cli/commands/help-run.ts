import { EventEmitter } from 'node:events';
import type { Command, Option } from 'commander';
import { exits } from '../../core/exit.ts';
import { UsageError } from '../../core/fault.ts';
import type { Provider, Providers } from '../../core/provider.ts';
import { nearest } from '../../core/text.ts';
import { jsonText } from '../../render/safe-text.ts';
import { version } from '../../version.ts';
import { examples } from './command.ts';

const topics: Readonly<Record<string, (json: boolean, providers: Providers) => string>> = {
  'exit-codes': exitCodesText,
  environment: environmentText,
};

/** The text of `sbstatus help <topic>`; commands are topics too. Throws a usage error for what is neither. */
export function helpOn(program: Command, words: readonly string[], json: boolean, providers: Providers): string {
  const [first = ''] = words;
  const topic = Object.hasOwn(topics, first) ? topics[first] : undefined;
  if (topic !== undefined) return topic(json, providers);
  let command = program;
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word);
    if (child === undefined) throw unknownTopic(word, command);
    command = child;
  }
  return json ? `${jsonText(helpTree(command), 2)}\n` : fullHelp(command);
}

/** A command with all below it, as docs/commands.md and the man page tell it too. */
export function helpTree(command: Command) {
  return { schema: 'sbstatus.help/1', version, command: treeOf(command, pathOf(command)) };
}

/** From `sbstatus` on. */
function pathOf(command: Command): readonly string[] {
  return [...(command.parent === null ? [] : pathOf(command.parent)), command.name()];
}

/** A note is what the help says beside arguments and options: examples, environment, or a paragraph without a title. */
interface HelpNote {
  readonly title: string | null;
  readonly lines: readonly string[];
}

export interface CommandTree {
  readonly name: string;
  readonly path: readonly string[];
  readonly usage: string;
  readonly description: string;
  readonly arguments: readonly object[];
  readonly options: readonly object[];
  readonly notes: readonly HelpNote[];
  readonly commands: readonly CommandTree[];
}

function treeOf(command: Command, path: readonly string[]): CommandTree {
  const help = command.createHelp();
  return {
    name: command.name(),
    path,
    usage: `${path.join(' ')} ${command.usage()}`,
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
      required: argument.required,
      variadic: argument.variadic,
      choices: argument.argChoices ?? null,
    })),
    options: help.visibleOptions(command).map((option) => ({
      flags: option.flags,
      short: option.short ?? null,
      long: option.long ?? null,
      value: /[<[]([^<>[\]]+)[>\]]/.exec(option.flags)?.[1] ?? null,
      description: option.description,
      choices: option.argChoices ?? null,
      default: defaultOf(option),
      group: (option.helpGroupHeading ?? 'Options:').replace(/:$/, ''),
    })),
    notes: notesOf(command),
    commands: help.visibleCommands(command).map((child) => treeOf(child, [...path, child.name()])),
  };
}

function defaultOf(option: Option): string | null {
  if (Array.isArray(option.defaultValue)) return null;
  if (option.defaultValueDescription !== undefined) return option.defaultValueDescription.replace(/^"|"$/g, '');
  return option.defaultValue === undefined || option.isBoolean() ? null : String(option.defaultValue);
}

function notesOf(command: Command): HelpNote[] {
  const pieces: string[] = [];
  const context = { error: false, command, write: (text: string) => pieces.push(text) };
  // commander's command is an emitter, which its types do not tell; the help hangs on this event.
  EventEmitter.prototype.emit.call(command, 'afterHelp', context);
  const blocks = pieces
    .join('')
    .trim()
    .split(/\n{2,}/)
    .filter((block) => block !== '');
  const shellLines = examples.get(command)?.() ?? [];
  const notes = blocks.map((block) => {
    const [first = '', ...rest] = block.split('\n').map((line) => line.trim());
    return first.endsWith(':') && rest.length > 0
      ? { title: first.slice(0, -1), lines: rest }
      : { title: null, lines: [first, ...rest] };
  });
  return shellLines.length === 0 ? notes : [{ title: 'Examples', lines: shellLines }, ...notes];
}

/** The same as `--help` prints, examples included. */
function fullHelp(command: Command): string {
  const output = command.configureOutput();
  const pieces: string[] = [];
  command.configureOutput({ ...output, writeOut: (text) => pieces.push(text) });
  command.outputHelp();
  command.configureOutput(output);
  return pieces.join('');
}

/** What `sbstatus help` can be asked about, hidden commands left out. */
export function topicsOf(command: Command): string[] {
  const commands = command.createHelp().visibleCommands(command);
  return [...commands.map((each) => each.name()), ...Object.keys(topics)];
}

function unknownTopic(word: string, command: Command): UsageError {
  const names = topicsOf(command);
  const near = nearest(word, names);
  return new UsageError(
    `no help on ${JSON.stringify(word)}`,
    near === null ? `topics are ${names.join(', ')}` : `did you mean ${near}?`,
  );
}

interface EnvironmentVariable {
  /** The first that is set counts. */
  readonly names: readonly string[];
  readonly what: string;
  readonly secret: boolean;
}

interface VariableGroup {
  readonly title: string;
  readonly variables: readonly EnvironmentVariable[];
}

const general: readonly VariableGroup[] = [
  {
    title: 'sbstatus',
    variables: [
      plain('the profile, as --profile', 'SBSTATUS_PROFILE'),
      plain('the config file, as --config', 'SBSTATUS_CONFIG'),
      plain('the folder of your own config file', 'XDG_CONFIG_HOME', 'APPDATA'),
      plain('the folder of kept tokens', 'XDG_CACHE_HOME', 'LOCALAPPDATA'),
    ],
  },
  {
    title: 'Network',
    variables: [
      plain('the proxy for https', 'https_proxy', 'HTTPS_PROXY'),
      plain('the proxy for http, which is used only to reach this machine', 'http_proxy', 'HTTP_PROXY'),
      plain('the proxy for both', 'all_proxy', 'ALL_PROXY'),
      plain('hosts to be asked without a proxy', 'no_proxy', 'NO_PROXY'),
      plain('a file with additional certificate authorities', 'NODE_EXTRA_CA_CERTS'),
      plain('no effect: certificates are always checked', 'NODE_TLS_REJECT_UNAUTHORIZED'),
    ],
  },
  {
    title: 'Output',
    variables: [
      plain('when set, what people read is masked', 'CI'),
      plain('no colour', 'NO_COLOR'),
      plain('colour even without a terminal; 0 for none', 'FORCE_COLOR'),
      plain('dumb: neither colour nor a live line', 'TERM'),
      plain('with --github: the file that the summary is added to', 'GITHUB_STEP_SUMMARY'),
      plain('with --github: the file that the outputs are added to', 'GITHUB_OUTPUT'),
    ],
  },
];

function plain(what: string, ...names: readonly string[]): EnvironmentVariable {
  return { names, what, secret: false };
}

/** `sbstatus help environment`: every variable that is looked at, those of the providers from the registry. */
function environmentText(json: boolean, providers: Providers): string {
  const groups = [...Object.values(providers).map(groupOf), ...general];
  if (json) {
    const table = groups.flatMap(({ title, variables }) => variables.map((each) => ({ group: title, ...each })));
    return `${JSON.stringify(table, null, 2)}\n`;
  }
  const parts = groups.map(({ title, variables }) => [`${title}:`, ...variables.flatMap(lines)].join('\n'));
  const opening = 'Environment variables. An empty one counts as unset. Of several names the first that is set counts.';
  return `${[opening, ...parts].join('\n\n')}\n`;
}

function groupOf({ title, settings }: Provider): VariableGroup {
  const variables = Object.values(settings).map(({ env, what, kind }) => ({
    names: env,
    what,
    secret: kind === 'secret',
  }));
  return { title, variables: variables.filter(({ names }) => names.length > 0) };
}

function lines({ names: [first = '', ...others], what, secret }: EnvironmentVariable): string[] {
  const also = others.length === 0 ? '' : `, also ${others.join(', ')}`;
  return [`  ${first.padEnd(30)}${what}${secret ? ' (secret)' : ''}${also}`];
}

/** `sbstatus help exit-codes`. */
function exitCodesText(json: boolean): string {
  const table = Object.entries(exits).map(([name, { code, retryable, when }]) => ({ code, name, retryable, when }));
  if (json) return `${JSON.stringify(table, null, 2)}\n`;
  const rows = table.map(({ code, name, when }) => `  ${String(code).padStart(3)}  ${name.padEnd(21)}${when}`);
  return `${[
    'Exit codes: the verdict on the message. Part of the public interface: none changes its meaning.',
    '',
    ...rows,
    '',
    '20-29: the provider answered, and the message is not as wanted.',
    '30-39: could not learn it; try again later.',
    '40-49: could not learn it; somebody must act.',
    'Several ids end with the worst: 1 > 2 > 20 > 23 > 24 > 26 > 25 > 42 > 40 > 41 > 43 > 31 > 32 > 30 > 22 > 21 > 0.',
  ].join('\n')}\n`;
}
