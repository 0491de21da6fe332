import { FAILSAFE_SCHEMA, load, type State, types, YAMLException } from 'js-yaml';

/** A YAML or JSON text as data, and where in the text each part of it stands. */
export interface Document {
  readonly data: unknown;
  /** The line, from 1, of the deepest part of the path that is there. */
  lineOf(path: readonly unknown[]): number;
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
  try {
    const data = load(text, { schema, listener: nodes.listen });
    return { data, lineOf: (path) => lineIn(nodes.root, path) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const twice = error.reason === 'duplicated mapping key';
    const line = error.mark === undefined ? null : error.mark.line + 1;
    throw new SyntaxProblem(twice ? 'the same key stands here twice' : 'is not valid YAML or JSON', line);
  }
}

interface Node {
  /** From 1. For a key, where it ends; for everything else, where it begins. */
  line: number;
  readonly children: Node[];
  value: unknown;
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
    const place = node === undefined ? null : placeOf(node, step);
    if (place === null) return line;
    line = place.line;
    node = place.node;
  }
  return line;
}

interface NodeMatch {
  readonly line: number;
  readonly node: Node | undefined;
}

function placeOf(node: Node, step: unknown): NodeMatch | null {
  if (Array.isArray(node.value)) {
    const item = node.children[Number(step)];
    return item === undefined ? null : { line: item.line, node: item };
  }
  const found = entriesOf(node).find(({ key }) => key.value === step);
  return found === undefined ? null : { line: found.key.line, node: found.value };
}

interface Entry {
  readonly key: Node;
  readonly value: Node | undefined;
}

/** A mapping's children are its keys, each with its value behind it, but for those that are written without one. */
function entriesOf({ children, value }: Node): Entry[] {
  const mapping = value as Readonly<Record<string, unknown>> | null | undefined;
  const entries: Entry[] = [];
  for (let i = 0; i < children.length; i += 1) {
    const [key, next] = [children[i], children[i + 1]];
    if (key === undefined) break;
    const hasValue = next !== undefined && next.value === (mapping?.[String(key.value)] ?? null);
    entries.push({ key, value: hasValue ? next : undefined });
    if (hasValue) i += 1;
  }
  return entries;
}
