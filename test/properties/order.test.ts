import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Settings } from '../../src/core/settings.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();

const settings = new Settings(new Map());
const words = ['QUEUED', 'ROUTED', 'SENT', 'DELIVERED', 'READ', 'FAILED'];

test('events in any order make one timeline, oldest first', () => {
  const instants = fc.uniqueArray(fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }), {
    minLength: 1,
    maxLength: 12,
  });
  const read = providers['sent']!.operations['get']!.read;
  fc.assert(
    fc.property(instants, fc.infiniteStream(fc.constantFrom(...words)), fc.nat(), (seconds, states, turn) => {
      const events = seconds.map((second) => ({
        status: states.next().value,
        timestamp: new Date(second * 1000).toISOString(),
      }));
      const turned = [...events.slice(turn % events.length), ...events.slice(0, turn % events.length)];
      const timelineOf = (some: unknown) =>
        read({ success: true, data: { id: 'x', status: 'SENT', events: some } }, { id: 'x', settings }).timeline;
      const timeline = timelineOf(turned);
      expect(timeline).toEqual(timelineOf([...events].reverse()));
      expect(timeline.map(({ at }) => at)).toEqual(
        seconds.sort((a, b) => a - b).map((s) => new Date(s * 1000).toISOString()),
      );
    }),
  );
});

/** Ids of the mock, with what each ends with. */
const ends: Readonly<Record<string, number>> = {
  'not-found': 24,
  'http-422': 26,
  'http-403': 40,
  html: 42,
  'http-501': 32,
  msg_abc123def456: 21,
};
const worstFirst = [24, 26, 42, 40, 32, 21];

test('the order of the ids never changes the exit code', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(Object.keys(ends), { minLength: 2 }), async (ids) => {
      const { code, stdout } = await run(['sendblue', 'get', ...ids, '--mock', '--json', '--rate', 'off']);
      expect(code).toBe(worstFirst.find((each) => ids.some((id) => ends[id] === each)));
      expect(JSON.parse(stdout).results.map((each: { id: string }) => each.id)).toEqual(ids);
    }),
    { numRuns: 25 },
  );
});
