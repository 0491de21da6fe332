import type { Secret } from './secret.ts';

/** A provider's settings after resolution. Asking for a key under another kind than it was declared with is a bug. */
export class Settings {
  readonly #values: ReadonlyMap<string, string | URL | Secret>;
  /** Where the credentials are from, for people; null where that is nobody's question. */
  readonly source: string | null;

  constructor(values: ReadonlyMap<string, string | URL | Secret>, source: string | null = null) {
    this.#values = values;
    this.source = source;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  text(key: string): string | null {
    return (this.#values.get(key) as string | undefined) ?? null;
  }

  url(key: string): URL | null {
    return (this.#values.get(key) as URL | undefined) ?? null;
  }

  /** Null only for credentials of a set that is not in use. */
  secret(key: string): Secret | null {
    return (this.#values.get(key) as Secret | undefined) ?? null;
  }
}
