import * as v from 'valibot';
import type { Providers } from '../../core/provider.ts';
import { channels } from '../../core/record.ts';
import { nearest } from '../../core/text.ts';
import { expectable } from '../../core/verdict.ts';
import type { DocumentProblem } from '../document.ts';

const fileKeys = ['defaults', 'messages'] as const;
const defaultKeys = ['provider', 'operation', 'expect', 'channel', 'profile'] as const;
const messageKeys = ['name', 'id', ...defaultKeys] as const;

/** The shape of a manifest. Every value in it is text. */
export function manifestSchema(providers: Providers, leastMessages = 1) {
  const operations = Object.values(providers).flatMap((provider) => Object.keys(provider.operations));
  const common = {
    provider: v.optional(word(Object.keys(providers), 'Who sent the message.')),
    operation: v.optional(word([...new Set(operations)], 'How to ask; get where absent.')),
    expect: v.optional(expectation),
    channel: v.optional(word(channels, 'The channel that it must have gone over.')),
    profile: v.optional(text('The profile of the config file whose credentials to use.')),
  } satisfies Record<(typeof defaultKeys)[number], unknown>;
  const message = {
    name: v.optional(text('What the message is called in reports.')),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: says how to write one
    id: text('The id to ask for. ${NAME} stands for an environment variable, $${ for ${ itself.'),
    ...common,
  } satisfies Record<(typeof messageKeys)[number], unknown>;
  return v.strictObject({
    $schema: v.optional(v.string()),
    defaults: v.optional(v.pipe(v.strictObject(common), v.description('For messages that do not say otherwise.'))),
    messages: v.pipe(
      v.array(v.strictObject(message), 'must be a list of messages'),
      v.minLength(leastMessages, 'holds no message'),
    ),
  });
}

export type WrittenManifest = v.InferOutput<ReturnType<typeof manifestSchema>>;
export type WrittenMessage = WrittenManifest['messages'][number];

/** For editors and `sbstatus schema manifest`. What only a function can check is not in it. */
export async function manifestJsonSchema(providers: Providers): Promise<object> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  // An enum cannot say that words are taken in any case: editors suggest them as we write them.
  const schema = toJsonSchema(manifestSchema(providers), { typeMode: 'output', ignoreActions: ['to_lower_case'] });
  return { ...schema, title: 'sbstatus manifest' };
}

/** A word of ours, in any case. */
function anyCase<const Word extends string>(words: readonly Word[]) {
  const message = ({ input }: { readonly input: unknown }) => wordProblem(input, words);
  return v.pipe(v.string(message), v.toLowerCase(), v.picklist(words, message));
}

const states = anyCase(expectable);

const expectation = v.pipe(
  v.union([states, v.pipe(v.array(states), v.minLength(1, 'holds no state'))], ({ input }) => {
    if (!Array.isArray(input)) return wordProblem(input, expectable);
    const wrong = input.find((each) => !v.is(states, each));
    return wordProblem(wrong, expectable);
  }),
  v.description('Ok only if it got at least this far; of several states any one will do.'),
);

function text(description: string) {
  const message = ({ input }: { readonly input: unknown }) => (input == null ? 'is empty' : 'must be text');
  return v.pipe(v.string(message), v.minLength(1, 'is empty'), v.description(description));
}

function word<const Word extends string>(words: readonly Word[], description: string) {
  return v.pipe(anyCase(words), v.description(description));
}

/** A phrase after the name of a key. */
export function wordProblem(input: unknown, words: readonly string[]): string {
  if (input === null) return 'is empty';
  const near = typeof input === 'string' ? nearest(input, words) : null;
  return near === null ? `must be one of ${words.join(', ')}` : `is not known, did you mean ${near}?`;
}

/** Why the data of a file cannot be a manifest at all, or null. valibot takes a list for a mapping. */
export function formProblem(data: unknown): DocumentProblem | null {
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return null;
  const found = Array.isArray(data) ? 'a list' : data == null ? 'empty' : 'text';
  return { path: [], say: () => `the file must be a mapping with the key messages, not ${found}` };
}

/** A schema's issues as problems. `first`: the place in the file of the first message that was checked. */
export function problemsIn(issues: readonly v.BaseIssue<unknown>[], first: number): DocumentProblem[] {
  return issues.flatMap((issue) => {
    const [top, place, ...rest] = (issue.path ?? []).map((step) => step.key);
    const path = [top, typeof place === 'number' ? first + place : place, ...rest].slice(0, issue.path?.length ?? 0);
    // Of the other parts of the file it was told with the first messages.
    if (first > 0 && top !== 'messages') return [];
    if (issue.type !== 'strict_object') return [{ path, say: () => issue.message }];
    // valibot takes a list for a mapping, in which keys are missing and its first place is one too many.
    const step = issue.path?.at(-1);
    if (step?.origin !== 'key' || !Array.isArray(step.input)) return [{ path, say: () => keyProblem(issue) }];
    return issue.expected === 'never' ? [{ path: path.slice(0, -1), say: () => notMapping }] : [];
  });
}

const notMapping = 'must be a mapping of keys to values';

/** A key that is missing, one that is not known, or something else where keys were wanted. */
function keyProblem(issue: v.BaseIssue<unknown>): string {
  const steps = issue.path ?? [];
  if (steps.at(-1)?.origin !== 'key') return notMapping;
  if (issue.expected !== 'never') return 'is missing';
  const known = steps.length === 1 ? fileKeys : steps[0]?.key === 'defaults' ? defaultKeys : messageKeys;
  const near = nearest(String(steps.at(-1)?.key), known);
  return near === null
    ? `is not a known key (known: ${known.join(', ')})`
    : `is not a known key, did you mean ${near}?`;
}
