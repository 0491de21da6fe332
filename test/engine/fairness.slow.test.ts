import { beforeAll, expect, test } from 'vitest';
import { ids, recordsIn, runBy, warmUp } from '../support/figures.ts';
import { startSendblue } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** No id is starved: not by ids that never end, and not by ids that were never asked. */

const limit = 120_000;
const get = ['sendblue', 'get', '-', '--wait', '-o', 'ndjson'];

beforeAll(warmUp, limit);

const neverEnding = (id: string): string => (id.startsWith('stuck') ? 'QUEUED' : 'DELIVERED');

test(
  '1,000 ids that never end do not keep 200 others from being answered',
  async () => {
    const clock = steppedClock();
    const server = await startSendblue({ clock, latencyMs: 20, answer: neverEnding });
    const stuck = ids('stuck', 1000);
    const good = ids('good', 200);
    const { code, stdout } = await runBy(clock, [...get, '--rate', 'off', '--timeout', '60s'], {
      env: server.env,
      stdin: [...stuck, ...good].join('\n'),
    });
    const records = recordsIn(stdout);
    expect(records.filter(({ state }) => state === 'delivered').map(({ id }) => id)).toHaveLength(200);
    const asked = new Set(server.requests.map(({ id }) => id));
    expect(stuck.filter((id) => !asked.has(id))).toEqual([]);
    expect(records.filter(({ id, exit }) => id.startsWith('stuck') && exit.code === 22)).toHaveLength(1000);
    expect(code).toBe(22);
  },
  limit,
);

test(
  'at a pace that leaves no turn free, ids that never end leave turns to the others',
  async () => {
    const clock = steppedClock();
    const server = await startSendblue({ clock, latencyMs: 50, answer: neverEnding });
    const { code, stdout } = await runBy(clock, [...get, '--rate', '5/s', '--timeout', '5m'], {
      env: server.env,
      stdin: [...ids('stuck', 300), ...ids('good', 100)].join('\n'),
    });
    expect(recordsIn(stdout).filter(({ state }) => state === 'delivered')).toHaveLength(100);
    expect(code).toBe(22);
  },
  limit,
);

test(
  'a message that is to be looked at again is not put behind all first looks',
  async () => {
    const clock = steppedClock();
    const server = await startSendblue({
      clock,
      latencyMs: 50,
      answer: (id, asked) => (id === 'moving' && asked < 2 ? 'QUEUED' : 'DELIVERED'),
    });
    const { code, stdout } = await runBy(clock, [...get, '--rate', '5/s', '--timeout', '30m'], {
      env: server.env,
      stdin: ['moving', ...ids('other', 3000)].join('\n'),
    });
    expect(code).toBe(0);
    const looks = server.requests.flatMap(({ id }, i) => (id === 'moving' ? [i] : []));
    expect(looks).toHaveLength(3);
    // It is due about 5 s after the start, when some 25 others were asked.
    expect(looks[2]).toBeLessThan(150);
    const place = recordsIn(stdout).findIndex(({ id }) => id === 'moving');
    expect(place).toBeLessThan(150);
  },
  limit,
);
