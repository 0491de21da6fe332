/** The candidate that a mistyped word most likely means, or null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const most = Math.max(1, Math.floor(word.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((each) => each.distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate ?? null;
}

/** Levenshtein's, of words at most 64 characters long. */
function distance(a: string, b: string): number {
  if (Math.max(a.length, b.length) > 64) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

// CI systems read commands out of a job's log: whoever writes a line there can act on the job.

/** `##vso[` of Azure Pipelines, `##teamcity[`, `##[` of both and of GitHub: anywhere in a line, in any case. */
const bracketed = /##(?=[a-z]{0,20}\[)/gi;

/** `::` of GitHub's workflow commands: at the beginning of a line, where blanks and colours do not count. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const atLineStart = /^((?:[^\S\n\r\u2028\u2029]|\u001b\[[\d;]{0,20}m)*)::/gm;

/** Text without `##vso[` and its like; what was there stays legible: `\x23#vso[`. */
export function withoutBracketed(text: string): string {
  return text.includes('##') ? text.replace(bracketed, '\\x23#') : text;
}

/** Lines as they go out, with no command of any CI system in them. `text` begins at the beginning of a line. */
export function withoutCommands(text: string): string {
  return withoutBracketed(text.includes('::') ? text.replace(atLineStart, '$1\\x3a:') : text);
}

/** JSON that means the same, with no command in it. */
export function withoutCommandsInJson(json: string): string {
  if (!json.includes('##') && !json.includes('"::')) return json;
  return json.replace(bracketed, '\\u0023#').replaceAll('"::', '"\\u003a:');
}

const variables = ['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION', 'GITLAB_CI', 'BUILDKITE', 'JENKINS_URL'];

/** Whether one of the variables is set that CI systems set; `CI=false` says that it is none. */
export function runsInCi(env: Readonly<Record<string, string | undefined>>): boolean {
  for (const name of variables) if (!['', '0', 'false'].includes((env[name] ?? '').toLowerCase())) return true;
  return false;
}

/** Shorter phrases are words like any other, and are not looked for. */
export const shortestPhrase = 5;
/** Of a longer phrase so much must be there; as much of the rest as is there belongs to it. */
const longestKey = 64;
/** How much of a hash the marks of a phrase index tell: 8 KiB of them. */
const markBits = 0x1fff;

interface PhraseEntry<Value> {
  readonly phrase: string;
  readonly value: Value;
}

interface PhraseMatch<Value> {
  readonly end: number;
  readonly value: Value;
}

/** Places in a text, from the first character to behind the last. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Finds any of many phrases in a text, in one pass over it however many they are. */
export class PhraseIndex<Value> {
  /** By their first characters, `longestKey` of them at most. */
  readonly #entries = new Map<string, PhraseEntry<Value>>();
  /** The lengths of those keys, the longest first. */
  #lengths: readonly number[] = [];
  /** What the first five characters of each hash to: nearly every place of a text is ruled out by it. */
  readonly #beginnings = new Set<number>();
  /** By some bits of those hashes, which rule out most of it sooner. */
  readonly #marks = new Uint8Array(markBits + 1);

  add(phrase: string, value: Value): void {
    if (phrase.length < shortestPhrase) return;
    const key = phrase.slice(0, longestKey);
    this.#entries.set(key, { phrase, value });
    let hash = 0;
    for (let i = 0; i < shortestPhrase; i += 1) hash = roll(hash, key.charCodeAt(i));
    this.#beginnings.add(hash);
    this.#marks[(hash ^ (hash >>> 14)) & markBits] = 1;
    if (this.#lengths.includes(key.length)) return;
    this.#lengths = [...this.#lengths, key.length].sort((a, b) => b - a);
  }

  /** The text with each phrase replaced, the leftmost first and of several at one place the longest. */
  replace(text: string, replacementOf: (value: Value) => string): string {
    let [replaced, done] = ['', 0];
    for (const start of this.#candidates(text)) {
      if (start < done) continue;
      const match = this.#matchAt(text, start);
      if (match === null) continue;
      replaced += text.slice(done, start) + replacementOf(match.value);
      done = match.end;
    }
    return done === 0 ? text : replaced + text.slice(done);
  }

  /** What of the text belongs to any phrase; phrases that touch or overlap are one span. */
  spans(text: string): TextSpan[] {
    const spans: TextSpan[] = [];
    for (const start of this.#candidates(text)) {
      const match = this.#matchAt(text, start);
      if (match !== null) extend(spans, { start, end: match.end });
    }
    return spans;
  }

  /** Where a phrase may begin. */
  *#candidates(text: string): Generator<number> {
    if (this.#beginnings.size === 0) return;
    const marks = this.#marks;
    let hash = 0;
    for (let i = 0; i < text.length; i += 1) {
      hash = roll(hash, text.charCodeAt(i));
      if (marks[(hash ^ (hash >>> 14)) & markBits] === 0 || i < shortestPhrase - 1) continue;
      if (this.#beginnings.has(hash)) yield i - shortestPhrase + 1;
    }
  }

  #matchAt(text: string, start: number): PhraseMatch<Value> | null {
    for (const length of this.#lengths) {
      if (start + length > text.length) continue;
      const entry = this.#entries.get(text.slice(start, start + length));
      if (entry !== undefined) return { end: endOf(entry.phrase, text, start, length), value: entry.value };
    }
    return null;
  }
}

/** How far the text goes on as the phrase does. */
function endOf(phrase: string, text: string, start: number, known: number): number {
  let length = known;
  while (length < phrase.length && text[start + length] === phrase[length]) length += 1;
  return start + length;
}

/** Adds a span that begins no sooner than those before it. */
export function extend(spans: TextSpan[], { start, end }: TextSpan): void {
  const last = spans.at(-1);
  if (last === undefined || last.end < start) spans.push({ start, end });
  else if (end > last.end) spans[spans.length - 1] = { start: last.start, end };
}

/** Takes one character in, and lets the fifth before it fall out of its 30 bits. */
function roll(hash: number, code: number): number {
  return ((hash << 6) ^ code) & 0x3fff_ffff;
}
