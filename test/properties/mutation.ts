import type { Random } from '../support/random.ts';

/** Changes to a body as a fault of the wire, a new version or somebody with a plan would make them. */

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

type ByteChange = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const at = (bytes: Buffer, random: Random): number => Math.floor(random() * (bytes.length + 1));
const joined = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

const byteChanges: readonly ByteChange[] = [
  // One bit is wrong.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const i = Math.floor(random() * copy.length);
    copy[i] = (copy[i] ?? 0) ^ (1 << Math.floor(random() * 8));
    return copy;
  },
  // Cut off.
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  // A piece is missing, or comes twice.
  (bytes, random) => {
    const [a, b] = [at(bytes, random), at(bytes, random)].sort((x, y) => x - y) as [number, number];
    return joined(bytes.subarray(0, a), bytes.subarray(b));
  },
  (bytes, random) => {
    const [a, b] = [at(bytes, random), at(bytes, random)].sort((x, y) => x - y) as [number, number];
    return joined(bytes.subarray(0, b), bytes.subarray(a));
  },
  // The end is another body's.
  (bytes, random, other) => joined(bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))),
  // Something is pushed in.
  (bytes, random) => {
    const i = at(bytes, random);
    return joined(bytes.subarray(0, i), Buffer.from(pick(random, insertions)), bytes.subarray(i));
  },
];

const insertions: readonly (string | number[])[] = [
  '\0',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\u202e',
  '\x1b[2J',
  '\ufeff',
  '1e999',
  '-',
  '9007199254740993',
  '"__proto__":{"status":"DELIVERED"},',
  '"status":"DELIVERED",',
  'DELIVERED',
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
];

/** The bytes after one to three changes. */
export function changedBytes(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let result = bytes;
  for (let n = 1 + Math.floor(random() * 3); n > 0; n -= 1) result = pick(random, byteChanges)(result, random, other);
  return result;
}

const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  10002,
  4001,
  25,
  '25',
  '',
  ' ',
  'x'.repeat(5000),
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  'DELIVERED',
  'READ',
  'SENT',
  'FAILED',
  'SMS',
  'OK',
  'TransactionalSendEvents.SMSSent',
  '2026-02-30T25:61:61Z',
  '0000-00-00',
  '275760-09-13T00:00:00.001Z',
  [],
  {},
  [[]],
  [null],
  { status: 'DELIVERED' },
];

const keys = ['status', 'data', 'id', 'info', 'error', 'events', '__proto__', 'constructor', 'hasOwnProperty', ''];

/** The value with one to four changes to its tree: values, keys, shapes. */
export function changedTree(value: unknown, random: Random): unknown {
  let result = value;
  for (let n = 1 + Math.floor(random() * 4); n > 0; n -= 1) result = changedOnce(result, random);
  return result;
}

function changedOnce(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.1) return replaced(value, random);
  if (Array.isArray(value)) return changedList(value, random);
  const entries = Object.entries(value);
  const i = Math.floor(random() * (entries.length + 1));
  const [key, inner] = entries[i] ?? [pick(random, keys), pick(random, values)];
  const others = entries.filter((_, j) => j !== i);
  const fate = random();
  if (fate < 0.15) return objectOf(others);
  if (fate < 0.3) return objectOf([...others, [pick(random, keys), inner]]);
  return objectOf([...others, [key, changedOnce(inner, random)]]);
}

/** An own `__proto__`, as JSON.parse makes it. */
function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries);
}

function changedList(list: readonly unknown[], random: Random): unknown {
  const fate = random();
  if (fate < 0.3) return [...list, ...list];
  if (fate < 0.5) return list[0] ?? {};
  return list.map((item) => (random() < 0.5 ? changedOnce(item, random) : item));
}

function replaced(value: unknown, random: Random): unknown {
  const fate = random();
  if (fate < 0.1) return [value];
  if (fate < 0.2) return { data: value };
  if (fate < 0.3 && typeof value === 'string') return value.toUpperCase();
  if (fate < 0.4) return typeof value === 'string' ? Number(value) : String(value);
  return pick(random, values);
}
