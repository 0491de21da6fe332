import { readFileSync } from 'node:fs';
import { Fault } from '../../../src/core/fault.ts';
import type { MessageStatus } from '../../../src/core/provider.ts';
import { Settings } from '../../../src/core/settings.ts';
import { readMessage } from '../../../src/providers/sent/api.ts';

export const id = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';

export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/sent/${name}.json`, import.meta.url), 'utf8'));
}

export function settingsOf(values: Readonly<Record<string, string>> = {}): Settings {
  return new Settings(new Map(Object.entries(values)));
}

export function read(body: unknown, asked = id): MessageStatus {
  return readMessage(body, { id: asked, settings: settingsOf() });
}

/** The smallest readable answer, with `data` laid over it. */
export function answer(data: Readonly<Record<string, unknown>>, rest: Readonly<Record<string, unknown>> = {}) {
  return { success: true, data: { id, status: 'QUEUED', ...data }, error: null, meta: null, ...rest };
}

/** The fault that `work` throws; fails when it throws none or anything else. */
export function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault was thrown');
}
