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
  for (const id of args) {
    if (id === '-') continue;
    checkArgument({ provider, operation, id });
    named.push({ id, problem: null, argument: true });
  }
  const direct = named.length === args.length && options.fromFile.length === 0;
  if (!direct) checkStdin([...args, ...options.fromFile]);
  if (options.curl) {
    if (!direct) throw new UsageError('--curl shows ids of the command line only', 'name the ids as arguments');
    return (await import('./curl.ts')).printCurl(provider, operation, args, options, world);
  }
  const asked = { provider, operation, expansions: options.expansions };
  const reading = { ...options, keepBlanks: anyCharacter ?? false };
  return runLookups(
    {
      items: (_, { abortSignal }) => readItems(asked, direct ? named : idsOf(args, reading, world, abortSignal)),
      total: direct ? new Set(args).size : null,
      single: direct && args.length === 1,
    },
    options,
    world,
  );
}

/** As much of a wrong id as finds it again, in characters. */
const shown = 64;

function checkArgument(item: Pick<LookupItem, 'provider' | 'operation' | 'id'>): void {
  const problem = idProblemOf(item);
  if (problem === null) return;
  const { idName } = operationOf(item);
  throw new UsageError(
    `${JSON.stringify(item.id.slice(0, shown))} is not a valid ${idName.replaceAll('-', ' ')}: ${problem}`,
    faults['bad-id'].hint,
  );
}

/** Each id once, at its first place. */
async function* readItems(
  { provider, operation, expansions }: Required<Pick<LookupItem, 'provider' | 'operation' | 'expansions'>>,
  inputs: Iterable<InputId> | AsyncIterable<InputId>,
): AsyncGenerator<LookupItem | InvalidItem> {
  const seen = new Set<string>();
  let index = 0;
  for await (const { id, problem } of inputs) {
    const item = { index, provider, operation, id, expansions };
    index += 1;
    const why = problem ?? idProblemOf(item);
    if (why !== null) yield { kind: 'invalid', ...item, fault: new Fault('bad-id', { message: why }) };
    else if (!seen.has(id)) yield { kind: 'lookup', ...item };
    seen.add(id);
  }
}
