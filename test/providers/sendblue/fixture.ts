import { readFileSync } from 'node:fs';
import { Fault } from '../../../src/core/fault.ts';

export type Body = Record<string, unknown>;

export function fixture(name: string): Body {
  const url = new URL(`../../fixtures/sendblue/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Body;
}

/** The fault that `work` throws; anything else that it does is an error. */
export function faultFrom(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
