import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { providerIds } from '../src/providers/index.ts';

// Rules of the source as a whole that the linter cannot check. It checks the layers: biome.jsonc.

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .sort();

/** A name as it stands in a file. */
interface Name {
  readonly name: string;
  /** file:line */
  readonly place: string;
  /** What the name is the name of; `other` for one that is only used, too. */
  readonly kind: 'type' | 'function' | 'other';
}

const names = sources.flatMap(namesIn);

test('no type name is declared twice', () => {
  const places = new Map<string, string[]>();
  for (const { kind, name, place } of names) {
    // What declares another package's types keeps that package's names.
    const isOurs = kind === 'type' && !/\.d\.ts:/.test(place);
    if (isOurs) places.set(name, [...(places.get(name) ?? []), place]);
  }
  const twice = [...places].filter(([, declared]) => declared.length > 1).sort();
  const offenders = twice.map(([name, declared]) => `${name}: ${declared.join(', ')}`);
  expectNone(offenders, 'type names with more than one meaning');
});

test('there are at most 170 source files, and ten for each further provider', () => {
  const most = 170 + 10 * (providerIds.length - 3);
  expect(sources.length, `src has ${sources.length} files; a file is a room, not a drawer`).toBeLessThanOrEqual(most);
});

test('nothing is called said', () => {
  const offenders = names.filter(({ name }) => name === 'said').map(({ place }) => place);
  expectNone([...new Set(offenders)], 'lines with the identifier `said`');
});

const irregular = new Set(
  `begun broken brought built caught chosen drawn fallen forgiven forgotten found given gone heard held hidden kept known lost
  made meant paid seen sent shown sought spent spoken struck taken taught thought thrown told understood withdrawn worn
  written`.split(/\s+/),
);
/** Verbs and nouns that end like participles. */
const allowed = new Set(['embed', 'exceed', 'feed', 'need', 'proceed', 'red', 'seed', 'speed']);

test('functions are named by verbs, not by past participles', () => {
  const isParticiple = (name: string) => /^[a-z]+ed$/.test(name) || irregular.has(name);
  const functions = names.filter(({ kind, name }) => kind === 'function' && isParticiple(name) && !allowed.has(name));
  const offenders = functions.map(({ name, place }) => `${name}: ${place}`);
  expectNone(offenders, 'functions that are named by a past participle');
});

test('what commander parsed has a type wherever it is read: a misspelt flag does not compile', () => {
  const isTyped = (line: string) => /\.opts<|: Readonly<Record<string, unknown>> = |attributeName\(\)/.test(line);
  const reads = sources.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, i) => (/\.(opts|getOptionValue)\b/.test(line) ? [{ line, place: `${file}:${i + 1}` }] : [])),
  );
  expect(reads.length).toBeGreaterThan(5);
  const offenders = reads.filter(({ line }) => !isTyped(line)).map(({ place }) => place);
  expectNone(offenders, 'places that read flags of any name');
});

test('every link in docs/architecture.md leads to a file', () => {
  const page = 'docs/architecture.md';
  const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const local = links.filter((link) => !/^(https?:|#)/.test(link));
  const isBroken = (link: string) => !existsSync(join(root, dirname(page), link.replace(/#.*/, '')));
  expect(local.length, `${page} links to no file`).toBeGreaterThan(0);
  expectNone(local.filter(isBroken), `links in ${page} that lead nowhere`);
});

function expectNone(offenders: readonly string[], title: string): void {
  if (offenders.length > 0) expect.fail(`${offenders.length} ${title}:\n  ${offenders.join('\n  ')}\n`);
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** Every identifier of a file; those in comments and texts are none. */
function namesIn(file: string): Name[] {
  const text = readFileSync(join(root, file), 'utf8');
  const kinds = new Map<unknown, Name['kind']>();
  const found: Name[] = [];
  const visit = (node: Node): void => {
    const kind = kindOf(node);
    if (kind !== null) kinds.set(node['id'] ?? node['key'], kind);
    if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') {
      const line = text.slice(0, node.start).split('\n').length;
      found.push({ name: String(node['name']), place: `${file}:${line}`, kind: kinds.get(node) ?? 'other' });
    }
    for (const child of Object.values(node).flat()) if (isNode(child)) visit(child);
  };
  visit(parseAst(text, { lang: 'ts' }) as unknown as Node);
  return found;
}

/** What is declared by a node that has an `id` or, as a method, a `key`. */
function kindOf(node: Node): Name['kind'] | null {
  if (/^(TS(Interface|TypeAlias|Enum)|Class)Declaration$/.test(node.type)) return 'type';
  if (node.type === 'FunctionDeclaration' || node.type === 'TSDeclareFunction') return 'function';
  if (node.type === 'TSMethodSignature' || (node.type === 'MethodDefinition' && node['kind'] === 'method'))
    return 'function';
  const value = node.type === 'VariableDeclarator' ? node['init'] : null;
  const isFunction = isNode(value) && /^(ArrowFunction|Function)Expression$/.test(value.type);
  return isFunction ? 'function' : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}
