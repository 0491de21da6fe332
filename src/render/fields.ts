import type { DetailNames } from '../core/provider.ts';
import { type Result, resultSchema } from '../core/record.ts';
import { jsonText } from './safe-text.ts';

/** The value at a path such as `reason.code`; null where any part of it is absent. */
export function valueAt(result: Result, path: string): unknown {
  let value: unknown = result;
  for (const name of path.split('.')) value = childOf(value, name);
  return value;
}

/** A value as one cell: null is empty, text is itself, everything else is JSON. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : jsonText(value);
}

/** A record that has only the given paths, nested as before, in the order given. What is absent is null. */
export function selectionOf(paths: readonly string[]): (result: Result) => unknown {
  const wanted: Branch = new Map();
  for (const path of paths) grow(wanted, path.split('.'));
  return (result) => pick(result, wanted);
}

/** Names → what is wanted of each; null: all of it. */
type Branch = Map<string, Branch | null>;

function grow(branch: Branch, [name = '', ...rest]: readonly string[]): void {
  const known = branch.get(name);
  if (known === null) return;
  if (rest.length === 0) {
    branch.set(name, null);
    return;
  }
  const next: Branch = known ?? new Map();
  branch.set(name, next);
  grow(next, rest);
}

function pick(value: unknown, branch: Branch | null): unknown {
  if (branch === null) return value;
  if (typeof value !== 'object' || value === null) return null;
  // Without a prototype, so that a field named __proto__ is a field like any other.
  const picked: Record<string, unknown> = Object.create(null);
  for (const [name, next] of branch) picked[name] = pick(childOf(value, name), next);
  return picked;
}

function childOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  return (value as Readonly<Record<string, unknown>>)[name] ?? null;
}

/** As much of a valibot schema as tells which names it has. */
interface Shape {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly wrapped?: Shape;
}

/** The paths that no record of these providers can have. Below `raw` anything goes: it belongs to the provider. */
export function unknownFields(paths: readonly string[], detailNames: readonly DetailNames[]): string[] {
  return paths.filter((path) => {
    const names = path.split('.');
    const isBelowDetails = names[0] === 'details' && names.length > 1;
    return !(isBelowDetails
      ? detailNames.some((known) => isDetail(known, names.slice(1)))
      : isField(resultSchema, names));
  });
}

function isDetail(known: DetailNames, [name = '', ...rest]: readonly string[]): boolean {
  const inside = Object.hasOwn(known, name) ? known[name] : undefined;
  if (inside === undefined || rest.length === 0) return inside !== undefined;
  if (inside === 'anything') return !rest.includes('');
  return inside !== 'value' && isDetail(inside, rest);
}

function isField(shape: Shape, [name, ...rest]: readonly string[]): boolean {
  const inner = unwrapShape(shape);
  if (name === undefined) return true;
  if (name === '') return false;
  if (inner.type === 'record' || inner.type === 'unknown') return rest.every((part) => part !== '');
  const child = inner.entries !== undefined && Object.hasOwn(inner.entries, name) ? inner.entries[name] : undefined;
  return child !== undefined && isField(child, rest);
}

/** Every path that a record of these providers may have, for completion and for the nearest name to a typo. */
export function fieldNames(detailNames: readonly DetailNames[]): string[] {
  const details = detailNames.flatMap(namesBelow).map((name) => `details.${name}`);
  return [...namesIn(resultSchema), ...new Set(details)];
}

function namesBelow(names: DetailNames): string[] {
  return Object.entries(names).flatMap(([name, inside]) => [
    name,
    ...(typeof inside === 'string' ? [] : namesBelow(inside).map((inner) => `${name}.${inner}`)),
  ]);
}

function namesIn(shape: Shape): string[] {
  return Object.entries(unwrapShape(shape).entries ?? {}).flatMap(([name, child]) => [
    name,
    ...namesIn(child).map((inner) => `${name}.${inner}`),
  ]);
}

function unwrapShape(shape: Shape): Shape {
  return shape.wrapped === undefined ? shape : unwrapShape(shape.wrapped);
}
