import type { LookupOptions } from './options.ts';

/** Where messages are only read off, as in a list, their states count only for somebody who says what to expect. */
export function asReading(options: LookupOptions): LookupOptions {
  const { states, channel } = options.expectation;
  return states.length > 0 || channel !== null ? options : { ...options, exitZero: true };
}
