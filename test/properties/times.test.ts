import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMs, formatDuration, perSecondOf, retryAfterSeconds, utc } from '../../src/core/time.ts';

const now = Date.UTC(2026, 2, 11, 12);

test('any Retry-After is null or a whole number of seconds that a sleep can take', () => {
  const headers = fc.oneof(fc.string(), fc.stringMatching(/^[-+]?[0-9a-fx.e]{1,30}$/), fc.date().map(String));
  fc.assert(
    fc.property(headers, (header) => {
      const seconds = retryAfterSeconds(header, now);
      if (seconds === null) return;
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThanOrEqual(1_000_000_000);
    }),
    { numRuns: 2000 },
  );
});

test('a Retry-After says the same as a date and in digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000_000 }), (seconds) => {
      const date = new Date(now + seconds * 1000).toUTCString();
      expect(retryAfterSeconds(date, now)).toBe(Math.max(0, seconds));
      if (seconds >= 0) expect(retryAfterSeconds(String(seconds), now)).toBe(seconds);
    }),
  );
});

const units: readonly (readonly [string, number])[] = [
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
];

test('a duration is its number times its unit, and nothing without a unit is one', () => {
  fc.assert(
    fc.property(fc.nat(999_999), fc.constantFrom(...units), fc.string(), (count, [unit, ms], other) => {
      expect(durationMs(`${count}${unit}`)).toBe(count * ms);
      expect(durationMs(String(count))).toBeNull();
      expect(durationMs(`-${count}${unit}`)).toBeNull();
      if (!/^\d/.test(other)) expect(durationMs(other)).toBeNull();
    }),
  );
});

test('a length of time is told in two units at most, each below the next one', () => {
  const limits: Readonly<Record<string, number>> = { ms: 1000, s: 60, min: 60, h: 24, d: 10_000 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_400_000 * 400 }), (ms) => {
      const said = formatDuration(ms);
      expect(said).toMatch(/^\d+ (ms|s|min|h|d)( \d+ (s|min|h))?$/);
      for (const [, number, unit] of said.matchAll(/(\d+) (\w+)/g)) expect(Number(number)).toBeLessThan(limits[unit!]!);
    }),
    { numRuns: 2000 },
  );
});

test('a rate is the same per second and per minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16_000 }), (perSecond) => {
      expect(perSecondOf(`${perSecond}/s`)).toBe(perSecond);
      expect(perSecondOf(`${perSecond * 60}/min`)).toBe(perSecond);
    }),
  );
});

test('a timestamp is the same instant however it is written', () => {
  const zones = fc.tuple(fc.constantFrom('+', '-'), fc.nat(13), fc.nat(59)).map(([sign, hours, minutes]) => {
    const [h, m] = [String(hours).padStart(2, '0'), String(minutes).padStart(2, '0')];
    return {
      shiftMs: (sign === '+' ? 1 : -1) * (hours * 60 + minutes) * 60_000,
      spellings: [`${sign}${h}:${m}`, `${sign}${h}${m}`],
    };
  });
  const instants = fc.date({ min: new Date('1970-01-03'), max: new Date('2099-12-29'), noInvalidDate: true });
  fc.assert(
    fc.property(instants, zones, (instant, { shiftMs, spellings }) => {
      const local = new Date(instant.getTime() + shiftMs).toISOString().slice(0, -1);
      for (const zone of spellings) {
        expect(utc(`${local}${zone}`)).toBe(instant.toISOString());
        expect(utc(`${local.replace('T', ' ')}000${zone}`)).toBe(instant.toISOString());
      }
      expect(utc(local, spellings[0])).toBe(instant.toISOString());
      expect(utc(`${local}Z`, spellings[0])).toBe(`${local}Z`);
    }),
  );
});

test('whatever is written like a time in UTC: what Date makes of it', () => {
  const two = (most: number) => fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'));
  fc.assert(
    fc.property(two(14), two(33), two(26), two(61), two(61), (month, day, hour, minute, second) => {
      const text = `2026-${month}-${day}T${hour}:${minute}:${second}.007Z`;
      const date = new Date(text);
      expect(utc(text)).toBe(Number.isNaN(date.getTime()) ? null : date.toISOString());
    }),
  );
});
