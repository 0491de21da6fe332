/** A value that no output may show: it prints, inspects and serialises as `[redacted]`; only `reveal()` gives it away. */
export class Secret {
  readonly #value: string;
  /** The environment variable that usually holds it: what `--curl` prints in its place. */
  readonly label: string;

  constructor(value: string, label: string) {
    this.#value = value;
    this.label = label;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
