import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** The text of a regular file; null for what cannot be read, or is none: a named pipe would wait for a writer. */
export function readRegular(path: string): string | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return fstatSync(descriptor).isFile() ? readFileSync(descriptor, 'utf8') : null;
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
