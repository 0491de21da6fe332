/** The command line is wrong. Message and hint obey the rules of every message: lower case, no full stop. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | null;

  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

/** A file that we were to write cannot be written; `code` is the system's, such as ENOSPC. */
export class UnwritableError extends Error {
  override readonly name = 'UnwritableError';

  constructor(path: string, code: string) {
    super(`${path} could not be written (${code})`);
  }
}
