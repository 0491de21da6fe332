/**
 * Where a value lies, which for `${NAME}`, `{ file }` and `{ command }` is not the config file that names it.
 * `project` and `user`: literally in a config file of that rank.
 */
export interface Origin {
  readonly kind: 'default' | 'flag' | 'env' | 'project' | 'user' | 'file' | 'command';
  /** The flag or the variable; null for everything else. */
  readonly name: string | null;
  /** The config file that holds or names the value, and the key there. */
  readonly file: string | null;
  readonly path: string | null;
}

export const builtIn: Origin = { kind: 'default', name: null, file: null, path: null };

/** An origin as a noun phrase, without the value. */
export function describe(origin: Origin): string {
  const place = origin.file === null ? '' : `${origin.file} (${origin.path})`;
  switch (origin.kind) {
    case 'default':
      return 'the default';
    case 'flag':
      return origin.name ?? 'a flag';
    case 'env': {
      const variable = `the environment (${origin.name})`;
      return place === '' ? variable : `${variable}, named in ${place}`;
    }
    case 'file':
      return `a file named in ${place}`;
    case 'command':
      return `a command named in ${place}`;
    default:
      return place;
  }
}
