import { extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { linesIn, readDocument, readWith, refuseTwice, SyntaxProblem } from '../../config/document.ts';
import { UsageError } from '../../core/fault.ts';
import type { Providers } from '../../core/provider.ts';
import { nearest } from '../../core/text.ts';
import { loadProviders } from '../../providers/index.ts';
import type { World } from '../../world.ts';

/** Provider → setting → value. */
export type SettingBlocks = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Tree = { readonly [key: string]: string | Tree };

/** What a config file says about these blocks. */
export function configData(blocks: SettingBlocks, profile: string | null): Tree {
  return profile === null ? blocks : { defaultProfile: profile, profiles: { [profile]: blocks } };
}

/**
 * A YAML text with more blocks in it and every byte of it kept; null where that is not certain, as in flow style.
 * In a file that holds settings, `defaultProfile` stays what it is.
 */
export function addBlocks(text: string, blocks: SettingBlocks, profile: string | null): string | null {
  const { data, lineOf } = readDocument(text);
  if (profile === null && partOf(data, 'profiles') !== undefined) return null;
  const { defaultProfile, ...others } = configData(blocks, profile);
  const added: Tree = data == null && defaultProfile !== undefined ? { defaultProfile, ...others } : others;
  let [tree, there] = [added, data];
  const path: string[] = [];
  for (const step of profile === null ? [] : ['profiles', profile]) {
    if (partOf(there, step) === undefined) break;
    [tree, there] = [tree[step] as Tree, partOf(there, step)];
    path.push(step);
  }
  const lines = text.split(/(?<=\n)/);
  const lineAt = (place: readonly string[]) => (lineOf(place) ?? 1) - 1;
  const [first] = Object.keys(Object(there));
  const margin = first === undefined ? '' : indentOf(lines[lineAt([...path, first])]);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const block = yamlLines(tree, margin).map((line) => line + end);
  const place = path.length === 0 ? lines.length : endOfBlock(lines, lineAt(path));
  const before = lines.slice(0, place).join('');
  const gap = before === '' || before.endsWith('\n') ? '' : end;
  const whole = [before, gap, ...block, ...lines.slice(place)].join('');
  return isDeepStrictEqual(dataOf(whole), withAdded(data, added)) ? whole : null;
}

/** Behind the last line that is indented deeper than the key; what is blank or a comment after that is somebody else's. */
function endOfBlock(lines: readonly string[], key: number): number {
  const margin = indentOf(lines[key]).length;
  let end = key + 1;
  for (let place = end; place < lines.length; place += 1) {
    const line = lines[place] ?? '';
    const deeper = indentOf(line).length > margin;
    if (line.trim() === '') continue;
    if (deeper) end = place + 1;
    else if (!line.trimStart().startsWith('#')) break;
  }
  return end;
}

function indentOf(line = ''): string {
  return /^ */.exec(line)?.[0] ?? '';
}

function dataOf(text: string): unknown {
  try {
    return readDocument(text).data;
  } catch (error) {
    if (error instanceof SyntaxProblem) return null;
    throw error;
  }
}

function withAdded(there: unknown, tree: Tree): object {
  const parts = Object.entries(tree).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : withAdded(partOf(there, key), value),
  ]);
  return { ...Object(there), ...Object.fromEntries(parts) };
}

function partOf(data: unknown, key: string): unknown {
  return Object.hasOwn(Object(data), key) ? Object(data)[key] : undefined;
}

/** The data in the format that the file's name asks for. */
export function configText(data: Tree, path: string): string {
  if (extname(path) === '.json') return `${JSON.stringify(data, null, 2)}\n`;
  return `${heading}\n${yamlLines(data, '').join('\n')}\n`;
}

const heading =
  '# Written by `sbstatus config init`. What holds secrets is yours alone: keep it out of version control.';

/** A JSON string is a YAML string too, whatever is in it. */
function yamlLines(tree: Tree, margin: string): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = `${margin}${/^[a-z]\w*$/i.test(key) ? key : JSON.stringify(key)}:`;
    return typeof value === 'string'
      ? [`${name} ${JSON.stringify(value)}`]
      : [name, ...yamlLines(value, `${margin}  `)];
  });
}

const longest = 64 * 1024;

/**
 * The settings on stdin: JSON of provider → setting → value, or lines of `key=value`. Throws a usage error, which repeats
 * nothing: a secret may have been pasted in any place.
 */
export async function blocksOnStdin(world: World): Promise<SettingBlocks> {
  const text = await readAll(world.stdin.stream);
  const pairs = text.trimStart().startsWith('{') ? jsonPairs(text) : linePairs(text);
  if (pairs.length === 0) throw new UsageError('standard input holds no setting', howTo);
  const places = placesOf(await loadProviders());
  const blocks: Record<string, Record<string, string>> = {};
  for (const { key, value, line } of pairs) {
    const place = places.get(key);
    if (place === undefined) throw unknownSetting(key, line, [...places.keys()]);
    const [provider, setting] = place;
    if (typeof value !== 'string')
      throw new UsageError(`${where(line)}: ${provider}.${setting} is not a string`, 'quote it');
    if (blocks[provider]?.[setting] !== undefined)
      throw new UsageError(`${where(line)}: ${provider}.${setting} is given twice`, 'give it once');
    blocks[provider] = { ...blocks[provider], [setting]: value };
  }
  return blocks;
}

const howTo = 'write lines such as sent.apiKey=…, or JSON such as {"sent":{"apiKey":"…"}}';

/** What stands in one place of the input. */
interface Pair {
  readonly key: string;
  readonly value: unknown;
  /** From 1. */
  readonly line: number | null;
}

async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > longest) throw new UsageError('standard input is larger than 64 KiB', howTo);
  }
  return text + decoder.decode();
}

/** As in a shell script: `#` begins a comment line, `export` and quotes around the value are allowed. */
function linePairs(text: string): Pair[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((content, place): Pair[] => {
    if (content === '' || content.startsWith('#')) return [];
    const sign = content.indexOf('=');
    const [, key] = /^(?:export\s+)?([\w.]+)$/.exec(content.slice(0, Math.max(0, sign)).trim()) ?? [];
    if (key === undefined) throw new UsageError(`${where(place + 1)} is not key=value`, howTo);
    const value = content.slice(sign + 1).trim();
    return [{ key, value: value.replace(/^(["'])(.*)\1$/, '$2'), line: place + 1 }];
  });
}

function jsonPairs(text: string): Pair[] {
  try {
    const data = readWith(() => JSON.parse(text), text, 'JSON') as object;
    refuseTwice(text);
    const lineOf = linesIn(text);
    return Object.entries(data).flatMap(([provider, block]: [string, unknown]): Pair[] => {
      if (typeof block === 'string') return [{ key: provider, value: block, line: lineOf([provider]) }];
      return Object.entries(Object(block)).map(([setting, value]) => {
        return { key: `${provider}.${setting}`, value, line: lineOf([provider, setting]) };
      });
    });
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const line = error.line === null ? '' : `, line ${error.line}`;
    throw new UsageError(`standard input${line}: ${error.message}`, howTo);
  }
}

function where(line: number | null): string {
  return line === null ? 'standard input' : `line ${line} on standard input`;
}

type SettingPlace = readonly [provider: string, setting: string];

/** `sent.apiKey` and `SENT_DM_API_KEY` are the same place. */
function placesOf(providers: Providers): ReadonlyMap<string, SettingPlace> {
  return new Map(
    Object.values(providers).flatMap(({ id, settings }) =>
      Object.entries(settings).flatMap(([setting, { env }]) =>
        [`${id}.${setting}`, ...env].map((name) => [name, [id, setting]] as const),
      ),
    ),
  );
}

function unknownSetting(key: string, line: number | null, known: readonly string[]): UsageError {
  const near = nearest(key, known);
  const hint = near === null ? 'see `sbstatus schema config` for every setting' : `did you mean ${near}?`;
  return new UsageError(`${where(line)}: no such setting`, hint);
}
