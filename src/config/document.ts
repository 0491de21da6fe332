import { FAILSAFE_SCHEMA, load, type State, types, type YAMLException } from 'js-yaml';
import { keyPath } from './value.ts';

/** A path in a text → its line, from 1; null where nobody knows. */
export type LineOf = (path: readonly unknown[]) => number | null;

/** A YAML or JSON text as data, and where in the text each part of it stands. */
export interface Document {
  readonly data: unknown;
  /** Of the deepest part of the path that is there. */
  readonly lineOf: LineOf;
}

/** Why a text is no document. `line`: from 1; null where the reader does not say. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly line: number | null;

  constructor(message: string, line: number | null) {
    super(message);
    this.line = line;
  }
}

/**
 * Every scalar but null stays the text that was written: an id such as 012345 or 1e10 is no number.
 * Throws a syntax problem that quotes nothing of the text.
 */
export function readDocument(text: string): Document {
  const schema = FAILSAFE_SCHEMA.extend({ implicit: [types.null] });
  const nodes = new NodeTree();
  const data = readWith(() => load(text, { schema, listener: nodes.listen }), text, 'YAML');
  return { data, lineOf: (path) => lineIn(nodes.root, path) };
}

/** Where the parts of a text stand that another parser took for data. Never throws. */
export function linesIn(text: string): LineOf {
  const document = tryDocument(text);
  return document instanceof SyntaxProblem ? () => null : document.lineOf;
}

function tryDocument(text: string): Document | SyntaxProblem {
  try {
    return readDocument(text);
  } catch (error) {
    if (error instanceof SyntaxProblem) return error;
    throw error;
  }
}

/** What a parser makes of a text. Its errors, which may quote the text, become syntax problems, which do not. */
export function readWith(parse: () => unknown, text: string, format: 'JSON' | 'YAML'): unknown {
  const data = format === 'JSON' ? parseJson(parse, text) : parseYaml(parse, text);
  refuseExpansion(data, text);
  return data;
}

function parseYaml(parse: () => unknown, text: string): unknown {
  try {
    return parse();
  } catch (error) {
    // Unbundled, cosmiconfig has a js-yaml of its own, whose errors are of another class of that name.
    const { name, reason, mark } = error as YAMLException;
    if (name !== 'YAMLException') throw error;
    throw new SyntaxProblem(complaint(reason), mark === undefined ? null : Math.min(mark.line + 1, lastLine(text)));
  }
}

/** Of the last line with something in it; what is not closed is found out behind it. */
function lastLine(text: string): number {
  return text.trimEnd().split('\n').length;
}

/** JSON is YAML, whose parser knows the line. */
function parseJson(parse: () => unknown, text: string): unknown {
  try {
    return parse();
  } catch {
    const found = tryDocument(text);
    const strange = strangeInJson(text);
    if (strange !== null && (strange.message === comment || !(found instanceof SyntaxProblem))) {
      throw new SyntaxProblem(`invalid JSON: ${strange.message}`, strange.line);
    }
    if (!(found instanceof SyntaxProblem)) throw new SyntaxProblem('invalid JSON, though valid YAML', null);
    throw new SyntaxProblem(found.message.replace('YAML', 'JSON'), found.line);
  }
}

const comment = 'a comment';
const jsonToken = /\s+|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|,(?!\s*[}\]])|[[\]{}:]/y;

/** The first thing in a text that YAML has and JSON has not. */
function strangeInJson(text: string): { readonly message: string; readonly line: number } | null {
  let at = 0;
  jsonToken.lastIndex = 0;
  while (jsonToken.test(text)) at = jsonToken.lastIndex;
  if (at === text.length) return null;
  const line = text.slice(0, at).split('\n').length;
  if (/[#/]/.test(text.charAt(at))) return { message: comment, line };
  return { message: text[at] === ',' ? 'a comma before a closing bracket' : 'keys and texts need double quotes', line };
}

/** The beginnings of js-yaml's reasons, whose ends may quote the text, and what to say instead. */
const reasons: readonly (readonly [reason: string, why: string])[] = [
  ['tab characters must not be used', 'tabs cannot indent'],
  ['bad indentation of a mapping entry', 'wrong indentation, or a value that needs quotes'],
  ['bad indentation of a sequence entry', 'wrong indentation of a list entry'],
  ['missing indentation for block scalar', 'the lines after | or > must be indented'],
  ['missed comma', 'a comma is missing between two entries'],
  ['expected the node content', 'a value is missing before the comma'],
  ['unexpected end of the stream within a flow collection', 'a [ or { is not closed'],
  ['unexpected end of the', 'a quote is not closed'],
  ['can not read', 'a key without a colon'],
  ['incomplete explicit mapping pair', 'a value without a key'],
  ['a whitespace character is expected after the key-value separator', 'a blank is missing after the colon'],
  ['unknown escape sequence', 'no such escape in double quotes'],
  ['expected hexadecimal character', 'no such escape in double quotes'],
  ['unidentified alias', 'an alias (*) for which there is no anchor (&)'],
  ['unknown tag', 'an unknown tag (!)'],
  ['undeclared tag', 'an unknown tag (!)'],
  ['cannot resolve a node', 'a tag (!) that does not fit its value'],
  ['unacceptable node kind', 'a tag (!) that does not fit its value'],
  ['cannot merge mappings', 'only mappings can be merged (<<)'],
  ['merge keys exceeded', 'too much is merged (<<)'],
  ['nesting exceeded', 'it is nested too deeply'],
  ['expected a single document', 'there is more than one document'],
  ['end of the stream or a document separator is expected', 'this does not belong to what stands before'],
  ['the stream contains non-printable', 'it holds a control character'],
  ['null byte', 'it holds a control character'],
];

const twice = 'the same key stands here twice';

/** Of the same key twice, a JSON parser takes the last without a word. Throws a syntax problem. */
export function refuseTwice(json: string): void {
  const found = tryDocument(json);
  if (found instanceof SyntaxProblem && found.message === twice) throw found;
}

function complaint(reason: string): string {
  if (reason === 'duplicated mapping key') return twice;
  const why = reasons.find(([start]) => reason.startsWith(start))?.[1];
  return why === undefined ? 'invalid YAML' : `invalid YAML: ${why}`;
}

/** As many values as any file may stand for by its aliases; without them a text has fewer values than characters. */
const leastBound = 100_000;
const deepest = 1000;

/** Aliases within aliases multiply; whoever walks over the data would walk for ever. */
function refuseExpansion(data: unknown, text: string): void {
  const sizes = new Map<object, number>();
  const sizeOf = (value: unknown, depth: number): number => {
    if (typeof value !== 'object' || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    // An alias within what it stands for has no end.
    sizes.set(value, Number.POSITIVE_INFINITY);
    if (depth > deepest) return Number.POSITIVE_INFINITY;
    let size = 1;
    for (const part of Object.values(value)) size += sizeOf(part, depth + 1);
    sizes.set(value, size);
    return size;
  };
  if (sizeOf(data, 0) <= Math.max(leastBound, text.length)) return;
  throw new SyntaxProblem('its aliases (*) stand for too much', null);
}

/** Something wrong in a file, by the path of the part. */
export interface DocumentProblem {
  readonly path: readonly unknown[];
  /** A phrase that goes on after the path; asked for only where it is shown, since a file may hold a million of them. */
  say(): string;
}

/** As many problems of one file as a message names. */
const mostProblems = 8;

/** What is wrong with a file, in one line: the first problems by line and path. `more`: how many others there are. */
export function problemText(name: string, problems: readonly DocumentProblem[], lineOf: LineOf, more = 0): string {
  const sorted = problems
    .map((problem) => ({ ...problem, line: lineOf(problem.path) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const texts = sorted.slice(0, mostProblems).map(({ line, path, say }) => {
    const place = line === null ? '' : `line ${line}: `;
    return `${place}${phrase(keyPath(path), say())}`;
  });
  const others = sorted.length - texts.length + more;
  const rest = others > 0 ? [`and ${others} more`] : [];
  return `${name}${sorted[0]?.line == null ? ': ' : ', '}${[...texts, ...rest].join('; ')}`;
}

function phrase(path: string, what: string): string {
  if (path === '') return what;
  return `${path}${/^(is|must|may|holds|does|refers|cannot|stands)\b/.test(what) ? ' ' : ': '}${what}`;
}

interface Node {
  /** From 1. For a key, where it ends; for everything else, where it begins. */
  line: number;
  readonly children: Node[];
  value: unknown;
  /** What stands in it by key or place; made when it is first asked for. */
  places?: ReadonlyMap<unknown, NodeMatch>;
}

interface NodeMatch {
  readonly line: number;
  readonly node: Node | undefined;
}

/** The reader tells of nodes as it meets them; this remembers which was within which. */
class NodeTree {
  readonly root: Node = { line: 1, children: [], value: undefined };
  readonly #open: Node[] = [this.root];

  readonly listen = (event: 'open' | 'close', { line, result }: State): void => {
    if (event === 'open') {
      this.#open.push({ line: line + 1, children: [], value: undefined });
      return;
    }
    const node = this.#open.pop();
    if (node === undefined) return;
    node.value = result;
    const [only, ...others] = node.children;
    // Where a key was looked for in vain, the reader tells of the node twice.
    if (only !== undefined && others.length === 0 && only.value === result) {
      this.#open.at(-1)?.children.push(only);
      return;
    }
    // Keys are scalars; before the first of them the reader still stands on an earlier line.
    if (typeof result === 'string') node.line = line + 1;
    this.#open.at(-1)?.children.push(node);
  };
}

function lineIn(root: Node, path: readonly unknown[]): number {
  let node = root.children.at(-1);
  let line = 1;
  for (const step of path) {
    if (node === undefined) return line;
    node.places ??= placesIn(node);
    const place = node.places.get(step);
    if (place === undefined) return line;
    line = place.line;
    node = place.node;
  }
  return line;
}

function placesIn(node: Node): ReadonlyMap<unknown, NodeMatch> {
  if (!Array.isArray(node.value)) return entriesOf(node);
  return new Map(node.children.map((item, place) => [place, { line: item.line, node: item }]));
}

/** A mapping's children are its keys, each with its value behind it, but for those that are written without one. */
function entriesOf({ children, value }: Node): ReadonlyMap<unknown, NodeMatch> {
  const mapping = value as Readonly<Record<string, unknown>> | null | undefined;
  const entries = new Map<unknown, NodeMatch>();
  for (let i = 0; i < children.length; i += 1) {
    const [key, next] = [children[i], children[i + 1]];
    if (key === undefined) break;
    const hasValue = next !== undefined && next.value === (mapping?.[String(key.value)] ?? null);
    if (!entries.has(key.value)) entries.set(key.value, { line: key.line, node: hasValue ? next : undefined });
    if (hasValue) i += 1;
  }
  return entries;
}
