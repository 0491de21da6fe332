import { UsageError } from '../core/fault.ts';
import type { Provider, Providers } from '../core/provider.ts';
import { durationMs } from '../core/time.ts';
import { formatOf } from '../render/index.ts';
import { flagTakesValue, type LookupOptions } from './flags.ts';

/** What a command line is brought into: the words of the command first, in small letters, then flags that stood before them. */
export function orderArguments(
  argv: readonly string[],
  names: readonly string[],
  providers: readonly string[],
): string[] {
  const flags: string[] = [];
  const rest = takeFlags(argv, flags);
  const [first = '', ...others] = rest;
  const command = names.find((name) => name === first.toLowerCase());
  // Those of the program itself, and what is no command, are commander's to read.
  if (command === undefined || flags.some((flag) => programFlags.includes(flag))) return [...argv];
  if (command !== 'config' && !providers.includes(command)) return [command, ...flags, ...others];
  const [second, ...ids] = takeFlags(others, flags);
  if (second === undefined) return [command, ...flags];
  if (second === 'help') return ['help', command, ...ids];
  return [command, second.toLowerCase(), ...flags, ...ids];
}

const programFlags = ['-V', '--version', '-h', '--help'];

/** Moves flags with their values from the beginning to `flags`; returns the rest. */
function takeFlags(argv: readonly string[], flags: string[]): readonly string[] {
  let at = 0;
  for (let flag = argv[at]; flag?.startsWith('-') && flag !== '-' && flag !== '--'; flag = argv[at]) {
    const end = at + (flagTakesValue(flag) ? 2 : 1);
    flags.push(...argv.slice(at, end));
    at = end;
  }
  return argv.slice(at);
}

/** Throws a usage error for the time that people write behind `--wait`, where it would be an id. */
export function refuseTimeOfWait(argv: readonly string[]): void {
  for (const [place, flag] of argv.entries()) {
    if (flag === '--') return;
    const next = argv[place + 1] ?? '';
    if (!/^(--wait|-w)$/.test(flag) || durationMs(next) === null) continue;
    const hint = `write --wait --timeout ${next}; an id that is called ${next} goes before --wait`;
    throw new UsageError('--wait takes no value', hint);
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What somebody wants who types an id, or an operation without its provider; null where that cannot be told. */
export function suggestCommand(word: string, providers: Providers): string | null {
  const isId = uuid.test(word);
  const operation = isId ? 'get' : word.toLowerCase();
  const able = Object.values(providers).filter(
    ({ operations, listing }) =>
      Object.hasOwn(operations, operation) || (operation === 'list' && listing !== undefined),
  );
  const commands = able.map(({ id }) => `sbstatus ${id} ${isId ? `get ${word}` : operation}`);
  if (isId) return `to look it up, name its provider: ${commands.join(', ')}`;
  return commands.length === 0 ? null : `name the provider first: ${commands.join(', ')}`;
}

/** Marks that people copy along with an id: quotes, brackets, what separates it in a list. */
const wrapping = /[\s"'`“”‘’<>{}()[\],;]/;

function withoutWrapping(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && wrapping.test(text.charAt(start))) start += 1;
  while (start < end && wrapping.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The id within what was pasted, where that is certain: a UUID in quotes, brackets or with a comma. */
export function unwrapId(text: string): string {
  const bare = withoutWrapping(text);
  return uuid.test(bare) ? bare : text;
}

/** Why the name of a file is no id, and which flag reads it; null for any other text. */
export function doubtFile(
  text: string,
  flags: { readonly yaml: string },
): { readonly problem: string; readonly hint: string } | null {
  const [, extension] = /\.(csv|tsv|txt|xlsx?|ndjson|json|ya?ml)$/i.exec(text) ?? [];
  if (extension === undefined) return null;
  const flag = /^(json|ya?ml)$/i.test(extension) ? flags.yaml : '--from-file';
  return { problem: 'it is the name of a file', hint: `read it with ${flag} ${text}` };
}

/** Why a text is no id of a message, and what to do; null for one that may be one. */
export function doubtId(
  text: string,
  { id, listing }: Pick<Provider, 'id' | 'listing'>,
): { readonly problem: string; readonly hint: string } | null {
  if (/^\+\d[\d\s().-]{5,20}$/.test(text)) {
    const number = text.replace(/[^+\d]/g, '');
    const filter = listing?.filters.find(({ kind }) => kind === 'number');
    const list = filter && `list its messages: sbstatus ${id} list ${filter.flag.split('<')[0]}${number}`;
    return { problem: 'it is a phone number', hint: list ?? 'give the id of the message' };
  }
  if (/^https?:\/\//i.test(text)) {
    const [found] = text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i) ?? [];
    const hint = found === undefined ? 'give the id alone' : `give the id alone: sbstatus ${id} get ${found}`;
    return { problem: 'it is an address', hint };
  }
  const ids = text
    .split(/[\s,;]+/)
    .map(withoutWrapping)
    .filter((part) => part !== '');
  if (ids.length > 1 && ids.every((part) => /^[\w.:/-]+$/.test(part))) {
    const some = ids.length > 3 ? [...ids.slice(0, 3), '…'] : ids;
    return { problem: 'it looks like several ids', hint: `give each by itself: ${some.join(' ')}` };
  }
  const file = doubtFile(text, { yaml: '--from-file' });
  if (file !== null) return file;
  const bare = withoutWrapping(text);
  if (bare === text.trim() || !/^[\w-]{8,}$/.test(bare)) return null;
  return { problem: 'it has quotes, brackets or commas around it', hint: `did you mean ${bare}?` };
}

/**
 * A sentence for each flag that another one, or the lack of what it is about, robs of its effect. `direct`: every id is
 * on the command line.
 */
export function idleFlags(options: LookupOptions, output: string, direct: boolean): readonly string[] {
  const { exitZero, expectation, fields, field, ids, resume } = options;
  const isTable = formatOf(output).isShownLive === true && resume === null;
  const hasCard = isTable && fields === null && field === null && !ids;
  const noVerdict = 'on the exit code with --exit-zero';
  const noInput = 'without ids from standard input or a file';
  const flags: readonly (readonly [isIdle: boolean, flag: string, why: string])[] = [
    [options.intervalMs !== null && !options.wait, '--interval', 'without --wait'],
    [exitZero && expectation.states.length > 0, '--expect', noVerdict],
    [exitZero && expectation.channel !== null, '--expect-channel', noVerdict],
    [options.details && !hasCard, '--details', 'without a card, such as -o table draws'],
    [options.junitPending === 'skipped' && options.junit === null, '--junit-pending', 'without --junit'],
    [direct && options.column !== null, '--column', noInput],
    [direct && options.nul, '--null', noInput],
    [direct && options.allowEmpty, '--allow-empty', noInput],
  ];
  return flags.flatMap(([isIdle, flag, why]) => (isIdle ? [`${flag} has no effect ${why}`] : []));
}
