import * as v from 'valibot';
import { Fault } from '../core/fault.ts';
import type { Providers } from '../core/provider.ts';
import type { Place } from './places.ts';
import { problemsOf } from './problems.ts';
import { type Raw, rawOf, type Written } from './raw.ts';
import { configSchema } from './schema.ts';

/** Provider → setting → value. Maps, because the names come from a file. */
export type Blocks = ReadonlyMap<string, ReadonlyMap<string, Raw>>;

export interface Contents {
  readonly defaultProfile: string | null;
  readonly profiles: ReadonlyMap<string, Blocks>;
  /** The blocks at the top level of a file without profiles. */
  readonly blocks: Blocks;
}

export const nothing: Contents = { defaultProfile: null, profiles: new Map(), blocks: new Map() };

type WrittenBlocks = Readonly<Record<string, Readonly<Record<string, Written>>>>;

/** Data as the contents of a config file. Throws a `config-invalid` fault that names every problem at once. */
export function contentsOf(data: unknown, place: Place, providers: Providers): Contents {
  const checked = v.safeParse(configSchema(providers, place.kind), data);
  if (!checked.success) {
    throw new Fault('config-invalid', { message: `${place.path}: ${problemsOf(checked.issues, providers)}` });
  }
  const { $schema: _, defaultProfile, profiles, ...blocks } = checked.output;
  return {
    defaultProfile: (defaultProfile as string | undefined) ?? null,
    profiles: mapValues((profiles ?? {}) as Readonly<Record<string, WrittenBlocks>>, blocksOf),
    blocks: blocksOf(blocks as WrittenBlocks),
  };
}

/** Whether a secret itself stands in the file, as opposed to a word about where it is. */
export function holdsSecret(contents: Contents, providers: Providers): boolean {
  return [contents.blocks, ...contents.profiles.values()].some((blocks) =>
    [...blocks].some(([id, block]) =>
      [...block].some(([key, raw]) => raw.kind === 'literal' && providers[id]?.settings[key]?.kind === 'secret'),
    ),
  );
}

function blocksOf(blocks: WrittenBlocks): Blocks {
  return mapValues(blocks, (block) => mapValues(block, rawOf));
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To): ReadonlyMap<string, To> {
  return new Map(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
