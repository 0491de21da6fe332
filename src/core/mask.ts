import type { PrivateDetails } from './provider.ts';
import type { Result } from './record.ts';

/** Six hex digits for a text, the same for the same text, so that rows still correlate. */
export type Tokenize = (text: string) => string;

const email = /[^\s@<>"',;:()]+@[^\s@<>"',;:()]+\.[a-z]{2,}/gi;
/** Ten digits and more, or fewer behind a plus sign, as people write them; not within a word, where ids have theirs. */
const phone = /(?<![\w+])(?:\+\d[\d ().-]{5,18}\d|\d[\d ().-]{8,18}\d)(?!\w)/g;
/** Shorter values are words like any other: striking them out of sentences would say nothing and spoil much. */
const shortestStruck = 5;

/**
 * A record without people's data: each such value becomes a token, and so does each mention of one in a sentence.
 * The verdict, the times, the ids and the codes stay. `privateDetails`: see the provider's contract.
 */
export function maskRecord(result: Result, privateDetails: PrivateDetails, token: Tokenize): Result {
  const sweep = new Masker(token);
  const hide = (text: string | null) => (text === null ? null : sweep.hide(text));
  const [from, to] = [hide(result.from), hide(result.to)];
  const hidden = mapPaths(result.details, privateDetails.values, (leaf) => mapTexts(leaf, sweep.hide, String));
  const swept = mapPaths(hidden, privateDetails.sentences, (leaf) => mapTexts(leaf, sweep.sentence));
  const { reason, error, request } = result;
  return {
    ...result,
    from,
    to,
    reason: reason && { ...reason, message: reason.message && sweep.sentence(reason.message) },
    timeline: result.timeline.map((entry) => ({
      ...entry,
      description: entry.description && sweep.sentence(entry.description),
    })),
    details: mapTexts(swept, sweep.mentions) as Result['details'],
    warnings: result.warnings.map(sweep.sentence),
    error: error && { ...error, message: sweep.sentence(error.message) },
    request: request && { ...request, url: sweep.url(request.url) },
    redacted: true,
    // Its words are the provider's, statuses among them: they must not be looked for elsewhere.
    ...(result.raw === undefined ? {} : { raw: mapTexts(result.raw, new Masker(token).hide, String) }),
  };
}

/** Text without anything that looks like a number or an address of somebody. */
export function maskText(text: string, token: Tokenize): string {
  const sweep = new Masker(token);
  return text
    .replace(/\bhttps?:\/\/\S+/g, sweep.url)
    .replace(email, sweep.hide)
    .replace(phone, sweep.hide);
}

/** Hides values and remembers them, to find them again where they are quoted. */
class Masker {
  readonly #token: Tokenize;
  readonly #known = new Map<string, string>();

  constructor(token: Tokenize) {
    this.#token = token;
  }

  readonly hide = (text: string): string => {
    if (text.trim() === '') return text;
    const hidden = this.#token(canonical(text));
    if (text.length >= shortestStruck) this.#known.set(text, hidden);
    return hidden;
  };

  /** Only what is known: ids look like numbers too. */
  readonly mentions = (text: string): string => {
    const longestFirst = [...this.#known].sort(([a], [b]) => b.length - a.length);
    return longestFirst.reduce((swept, [value, hidden]) => swept.replaceAll(value, hidden), text);
  };

  readonly sentence = (text: string): string => this.mentions(text).replace(email, this.hide).replace(phone, this.hide);

  /** Filters of a list may name people; a URL without them stays as it was sent. */
  readonly url = (text: string): string => {
    if (!URL.canParse(text)) return this.sentence(text);
    const url = new URL(text);
    const before = [...url.searchParams];
    const after = before.map(([name, value]) => [name, this.sentence(value)] as [string, string]);
    if (after.every(([, value], i) => value === before[i]?.[1])) return text;
    url.search = new URLSearchParams(after).toString();
    return url.href;
  };
}

/** One token for a number or an address, however it is written. */
function canonical(text: string): string {
  if (/^\+?[\d ().-]{7,22}$/.test(text)) return `+${text.replace(/\D/g, '')}`;
  return /^[^\s@]+@[^\s@]+$/.test(text) ? text.toLowerCase() : text;
}

/** Maps every text within a value. `numbers`: how numbers, such as a place's coordinates, become text; else they stay. */
function mapTexts(value: unknown, map: (text: string) => string, numbers?: (value: number) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (typeof value === 'number' && numbers !== undefined) return map(numbers(value));
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, map, numbers));
  return isRecord(value) ? mapValues(value, (each) => mapTexts(each, map, numbers)) : value;
}

function mapPaths(value: unknown, paths: readonly string[], map: (leaf: unknown) => unknown): unknown {
  return paths.reduce((mapped, path) => mapAt(mapped, path.split('.'), map), value);
}

/** Maps what lies at a path; a list on the way means each of its entries. */
function mapAt(value: unknown, path: readonly string[], map: (leaf: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return map(value);
  if (Array.isArray(value)) return value.map((each) => mapAt(each, path, map));
  if (!isRecord(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: mapAt(value[name], rest, map) };
}

function mapValues(record: Readonly<Record<string, unknown>>, map: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
