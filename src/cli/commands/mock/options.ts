import { UsageError } from '../../../core/fault.ts';
import { durationMs, perSecondOf } from '../../../core/time.ts';
import type { MockOptions } from './run.ts';

/** The record of what commander parsed for `sbstatus mock`. */
export function mockOptions(given: Readonly<Record<string, unknown>>): MockOptions {
  return {
    host: String(given['host']),
    port: portOf(String(given['port'])),
    verbose: given['verbose'] === true,
    list: given['list'] === true,
    latencyMs: given['latency'] === undefined ? 0 : latencyOf(String(given['latency'])),
    limit: given['limit'] === undefined ? null : limitOf(String(given['limit'])),
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError('--port is not a port number', 'give a number from 0 to 65535');
  return port;
}

function latencyOf(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw new UsageError('--latency is not a duration', 'give a number with a unit: 50ms, 1s');
  return ms;
}

/** `200/min` is a window of a minute, `100/s` one of a second. */
function limitOf(text: string): { count: number; windowMs: number } {
  const perSecond = perSecondOf(text);
  if (perSecond == null) throw new UsageError('--limit is not a rate', 'give 5/s or 200/min');
  const windowMs = text.endsWith('/min') ? 60_000 : 1000;
  return { count: Math.max(1, Math.round((perSecond * windowMs) / 1000)), windowMs };
}
