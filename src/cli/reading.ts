import type { LookupOptions } from './options.ts';

/** Where messages are only read off, as in a list, their states count only for somebody who says what is wanted. */
export function asReading(options: LookupOptions): LookupOptions {
  const { expectation, gates } = options;
  const wanted = [...expectation.states, expectation.channel, gates.minSuccess, gates.maxFailed];
  return wanted.some((want) => want !== null) ? options : { ...options, exitZero: true };
}
