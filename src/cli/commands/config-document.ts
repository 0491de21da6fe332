import { extname } from 'node:path';
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

/** The settings on stdin: JSON of provider → setting → value, or lines of `key=value`. Throws a usage error. */
export async function blocksOnStdin(world: World): Promise<SettingBlocks> {
  const text = await readAll(world.stdin.stream);
  const pairs = text.trimStart().startsWith('{') ? jsonPairs(text) : linePairs(text);
  const providers = await loadProviders();
  const blocks: Record<string, Record<string, string>> = {};
  for (const [key, value] of pairs) {
    const [provider, setting] = placeOf(key, providers);
    blocks[provider] = { ...blocks[provider], [setting]: value };
  }
  if (pairs.length === 0) throw new UsageError('standard input holds no setting', howTo);
  return blocks;
}

const howTo = 'write lines such as sent.apiKey=…, or JSON such as {"sent":{"apiKey":"…"}}';

async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length > longest) throw new UsageError('standard input is larger than 64 KiB', howTo);
  }
  return text;
}

/** As in a shell script: `#` begins a comment line, `export` and quotes around the value are allowed. */
function linePairs(text: string): [string, string][] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line, place): [string, string][] => {
    if (line === '' || line.startsWith('#')) return [];
    const match = /^(?:export\s+)?([\w.]+)\s*=\s*(.*)$/.exec(line);
    if (match === null) throw new UsageError(`line ${place + 1} on standard input is not key=value`, howTo);
    return [[match[1] ?? '', (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')]];
  });
}

function jsonPairs(text: string): [string, string][] {
  const data = parseObject(text);
  return Object.entries(data).flatMap(([provider, block]): [string, string][] => {
    if (typeof block === 'string') return [[provider, block]];
    return Object.entries(Object(block)).map(([setting, value]) => [
      `${provider}.${setting}`,
      textValue(value, setting),
    ]);
  });
}

function parseObject(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new UsageError('standard input is not valid JSON', howTo);
  }
}

function textValue(value: unknown, setting: string): string {
  if (typeof value !== 'string') throw new UsageError(`${setting} on standard input is not a string`, 'quote it');
  return value;
}

/** `sent.apiKey` and `SENT_DM_API_KEY` are the same place. */
function placeOf(key: string, providers: Providers): [provider: string, setting: string] {
  const places = Object.values(providers).flatMap(({ id, settings }) =>
    Object.entries(settings).map(([setting, { env }]) => ({ id, setting, names: [`${id}.${setting}`, ...env] })),
  );
  const place = places.find(({ names }) => names.includes(key));
  if (place !== undefined) return [place.id, place.setting];
  const near = nearest(
    key,
    places.flatMap(({ names }) => names),
  );
  throw new UsageError(
    `${JSON.stringify(key.slice(0, 64))} on standard input is no setting`,
    near === null ? 'see `sbstatus schema config` for every setting' : `did you mean ${near}?`,
  );
}
