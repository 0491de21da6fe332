import { InvalidArgumentError } from 'commander';
import type { State } from '../core/state.ts';
import { durationMs, perSecondOf } from '../core/time.ts';
import { expectable } from '../core/verdict.ts';

// What flags take: text → value. Each throws commander's error for what it cannot read, in commander's style.

export function list(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Give names separated by commas.');
  return names;
}

export function states(text: string): State[] {
  return list(text).map((name) => {
    const state = expectable.find((each) => each === name.toLowerCase());
    if (state === undefined) throw new InvalidArgumentError(`States are ${expectable.join(', ')}.`);
    return state;
  });
}

export function durationOrZero(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw new InvalidArgumentError('Give a number with a unit: 500ms, 10s, 5m.');
  return ms;
}

export function duration(text: string): number {
  const ms = durationOrZero(text);
  if (ms === 0) throw new InvalidArgumentError('Give more than nothing: 500ms, 10s, 5m.');
  return ms;
}

/** `95%` is 0.95. */
export function share(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,3})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
  if (!(percent <= 100)) throw new InvalidArgumentError('Give a percentage: 95%.');
  return percent / 100;
}

/** Infinite for `off`: commander takes null for a missing value. */
export function rate(text: string): number {
  const perSecond = perSecondOf(text);
  if (perSecond === undefined) throw new InvalidArgumentError('Give 5/s, 100/min or off.');
  return perSecond ?? Number.POSITIVE_INFINITY;
}

export function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
    return value;
  };
}
