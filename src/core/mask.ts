import { digitsOf, emailsIn, phonesIn } from './people.ts';
import { PhraseIndex, type TextSpan } from './phrases.ts';
import type { PrivateDetails } from './provider.ts';
import type { Result } from './record.ts';

/** Six hex digits for a text, the same for the same text, so that rows still correlate. */
export type Tokenize = (text: string) => string;

/**
 * A record without people's data: each such value becomes a token, and so does each mention of one in a sentence.
 * The verdict, the times, the ids and the codes stay. `privateDetails`: see the provider's contract.
 */
export function maskRecord(result: Result, privateDetails: PrivateDetails, token: Tokenize): Result {
  const sweep = new Masker(token);
  const hide = (text: string | null) => (text === null ? null : sweep.hide(text));
  const [from, to] = [hide(result.from), hide(result.to)];
  const hidden = mapPaths(result.details, privateDetails.values, (leaf) => mapTexts(leaf, sweep.values));
  const swept = mapPaths(hidden, privateDetails.sentences, (leaf) => mapTexts(leaf, { text: sweep.sentence }));
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
    details: mapTexts(swept, { text: sweep.mentions, key: sweep.sentence }) as Result['details'],
    warnings: result.warnings.map(sweep.sentence),
    error: error && { ...error, message: sweep.sentence(error.message) },
    request: request && { ...request, url: sweep.url(request.url) },
    redacted: true,
    // Its words are the provider's, statuses among them: they must not be looked for elsewhere.
    ...(result.raw === undefined ? {} : { raw: mapTexts(result.raw, new Masker(token).values) }),
  };
}

/** Text without anything that looks like a number or an address of somebody. */
export function maskText(text: string, token: Tokenize): string {
  const sweep = new Masker(token);
  return sweep.people(text.replace(/\bhttps?:\/\/\S+/g, sweep.url));
}

/** Hides values and remembers them, to find them again where they are quoted. */
class Masker {
  readonly #token: Tokenize;
  readonly #known = new PhraseIndex<string>();

  constructor(token: Tokenize) {
    this.#token = token;
  }

  readonly hide = (text: string): string => {
    if (text.trim() === '') return text;
    const hidden = this.#token(canonical(text));
    this.#known.add(text, hidden);
    return hidden;
  };

  /** Only what is known: ids look like numbers too. */
  readonly mentions = (text: string): string => this.#known.replace(text, (hidden) => hidden);

  readonly people = (text: string): string =>
    [emailsIn, phonesIn].reduce((swept, find) => mapSpans(swept, find(swept), this.hide), text);

  /** A whole value: its texts and its numbers, such as a place's coordinates; of its keys only what looks like people. */
  readonly values: TextMap = { text: this.hide, number: (value) => this.hide(String(value)), key: this.people };

  readonly sentence = (text: string): string => this.people(this.mentions(text));

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
  const digits = digitsOf(text);
  if (digits !== null) return `+${digits}`;
  return /^[^\s@]+@[^\s@]+$/.test(text) ? text.toLowerCase() : text;
}

function mapSpans(text: string, spans: readonly TextSpan[], map: (part: string) => string): string {
  let [mapped, done] = ['', 0];
  for (const { start, end } of spans) {
    mapped += text.slice(done, start) + map(text.slice(start, end));
    done = end;
  }
  return mapped + text.slice(done);
}

/** How the texts within a value are mapped; numbers and keys stay where nothing is said of them. */
interface TextMap {
  text(text: string): string;
  number?(value: number): string;
  key?(key: string): string;
}

function mapTexts(value: unknown, map: TextMap): unknown {
  if (typeof value === 'string') return map.text(value);
  if (typeof value === 'number') return map.number?.(value) ?? value;
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, map));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [map.key?.(key) ?? key, mapTexts(each, map)]);
  return Object.fromEntries(entries);
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
