import type { ExitName } from '../../core/exit.ts';
import { Fault, faults, UsageError } from '../../core/fault.ts';
import { type InvalidItem, idProblemOf, type LookupItem, operationOf } from '../../core/item.ts';
import type { Provider } from '../../core/provider.ts';
import type { World } from '../../world.ts';
import type { LookupOptions } from '../flags.ts';
import { checkStdin, type InputId, idsOf } from '../input.ts';
import { runLookups } from '../run-lookups.ts';

/** `sbstatus <provider> <operation> <id...>`. Throws a usage error before anything is asked. */
export async function lookup(
  provider: Provider,
  operation: string,
  args: readonly string[],
  options: LookupOptions,
  world: World,
): Promise<ExitName> {
  const { idName, example, anyCharacter } = operationOf({ provider, operation });
  if (args.length === 0 && options.fromFile.length === 0) {
    throw new UsageError(
      `no ${idName} given`,
      `name one, read them with --from-file, or pipe them in with -; try: sbstatus ${provider.id} ${operation} ${example} --mock`,
    );
  }
  const named: InputId[] = [];
  for (const text of args) {
    if (text === '-') continue;
    const id = await meantId(text, { provider, operation });
    named.push({ id, problem: null, argument: true });
  }
  const direct = named.length === args.length && options.fromFile.length === 0;
  if (!direct) checkStdin([...args, ...options.fromFile]);
  if (options.curl && !direct)
    throw new UsageError('--curl shows ids of the command line only', 'name the ids as arguments');
  if (options.curl) return printCurls(provider, operation, named, options, world);
  const asked = { provider, operation, expansions: options.expansions };
  const remarks: string[] = [];
  const reading = { ...options, keepBlanks: anyCharacter ?? false, remarks };
  const repeated = { count: 0 };
  return runLookups(
    {
      items: (_, { abortSignal }) =>
        readItems(asked, direct ? named : idsOf(args, reading, world, abortSignal), repeated),
      isTyped: !direct && [...args, ...options.fromFile].includes('-') && world.stdin.terminal,
      repeated,
      remarks,
      direct,
      total: direct ? new Set(args).size : null,
      single: direct && args.length === 1,
    },
    options,
    world,
  );
}

async function printCurls(
  provider: Provider,
  operation: string,
  named: readonly InputId[],
  options: LookupOptions,
  world: World,
): Promise<ExitName> {
  const { printCurl } = await import('./curl.ts');
  const ids = named.map(({ id }) => id);
  return printCurl(provider, operation, ids, options, world);
}

/** What no id of a provider that is sure of its ids needs a second look at. */
const plainId = /^(?!.*\.(?:csv|tsv|txt|xlsx?|ndjson|json|ya?ml)$)[\w.-]+$/i;

/** As much of a wrong id as finds it again, in characters. */
const shown = 64;

/** The id that an argument means. Throws a usage error with a hint for what is none, such as a phone number. */
async function meantId(text: string, asked: Pick<LookupItem, 'provider' | 'operation'>): Promise<string> {
  const { idName, anyCharacter } = operationOf(asked);
  const isPlain = anyCharacter === true || plainId.test(text);
  const { id, doubt } = isPlain ? { id: text, doubt: null } : await lookTwice(text, asked.provider);
  const problem = doubt?.problem ?? idProblemOf({ ...asked, id });
  if (problem === null) return id;
  throw new UsageError(
    `${JSON.stringify(id.slice(0, shown))} is not a valid ${idName.replaceAll('-', ' ')}: ${problem}`,
    doubt?.hint ?? faults['bad-id'].hint,
  );
}

async function lookTwice(text: string, provider: Provider) {
  const { doubtId, unwrapId } = await import('../command-line.ts');
  const id = unwrapId(text);
  return { id, doubt: doubtId(id, provider) };
}

/** Each id once, at its first place. */
async function* readItems(
  { provider, operation, expansions }: Required<Pick<LookupItem, 'provider' | 'operation' | 'expansions'>>,
  inputs: Iterable<InputId> | AsyncIterable<InputId>,
  repeated: { count: number },
): AsyncGenerator<LookupItem | InvalidItem> {
  const seen = new Set<string>();
  let index = 0;
  const mayBeWrapped = operationOf({ provider, operation }).anyCharacter !== true;
  for await (const { id: text, problem } of inputs) {
    const { id, doubt } =
      plainId.test(text) || !mayBeWrapped ? { id: text, doubt: null } : await lookTwice(text, provider);
    const item = { index, provider, operation, id, expansions };
    index += 1;
    const why = problem ?? doubt?.problem ?? idProblemOf(item);
    if (why !== null) {
      yield { kind: 'invalid', ...item, fault: new Fault('bad-id', { message: why, hint: doubt?.hint }) };
    } else if (seen.has(id)) repeated.count += 1;
    else yield { kind: 'lookup', ...item };
    seen.add(id);
  }
}
