import { describe, expect, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { builtBin } from '../support/bin.ts';
import { canMount, onVolume } from './volume.ts';

const providers = await loadProviders();

/** A batch that is killed again and again, and whose disk fills up in between, on a real disk of its own. */

const kills = 20;
const count = 400;

const ids = Array.from({ length: count }, (_, i) => `${i % 4 === 0 ? 'queued' : 'delivered'}-${i}`);

const script = `
  # A pipe that a killed process had made non-blocking would stay so: none of them gets this shell's.
  batch() { exec "$node" "$bin" sendblue get -f "$disk/ids" --resume "$disk/journal" --rate off -q >/dev/null </dev/null; }
  tr ' ' '\\n' <<<"$ids" >"$disk/ids"
  for i in $(seq ${kills}); do
    batch 2>/dev/null & sleep "0.$((RANDOM % 45 + 15))"; kill -9 $!; wait $! 2>/dev/null
    if [ "$i" = 10 ]; then
      # Room for a few records more, and not for all.
      head -c "$(($(df --output=avail -B1 "$disk" | tail -n 1) - 65536))" /dev/zero >"$disk/filler"
      full=$( (batch) 2>&1 ); echo "full: $?"; echo "$full"; rm "$disk/filler"
    fi
  done
  last=$( (batch) 2>&1 ); echo "last: $?"; echo "$last"; echo ---; cat "$disk/journal"; echo ---; ls -A "$disk"`;

describe.skipIf(!canMount)('a batch with --resume', () => {
  test(`${kills} times kill -9 and a full disk: no id is lost and none is there twice`, {
    timeout: 120_000,
  }, async () => {
    const asked = new Map<string, number>();
    const mock = await startMock({
      providers,
      host: '127.0.0.1',
      port: 0,
      clock: realClock,
      latencyMs: 40,
      log: (line) => {
        const id = /messages\/(\S+) /.exec(line)?.[1] ?? line;
        asked.set(id, (asked.get(id) ?? 0) + 1);
      },
    });
    const { apiKeyId = '', apiSecretKey = '', baseUrl = '' } = mock.settingsOf('sendblue');
    const env = {
      bin: builtBin(),
      ids: ids.join(' '),
      SENDBLUE_API_API_KEY: apiKeyId,
      SENDBLUE_API_API_SECRET: apiSecretKey,
      SENDBLUE_API_BASE_URL: baseUrl,
    };
    const { stdout } = await onVolume(script, { options: 'size=8m', env });
    await mock.close();

    const [said = '', journal = '', files = ''] = stdout.split('---\n');
    const records = journal
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; exit: { code: number } });
    expect(records.map(({ id }) => id).sort()).toEqual([...ids].sort());
    for (const { id, exit } of records) expect(exit.code).toBe(id.startsWith('queued') ? 21 : 0);
    expect(said).toMatch(/^last: 21$/m);
    expect(said).toMatch(/^full: 1$/m);
    expect(said).toMatch(/^error: .*journal.*ENOSPC.*; hint: /m);
    expect(said).not.toMatch(/^ {4}at /m);
    // Who is killed while taking the lock leaves the file that was to become it.
    const left = files
      .trim()
      .split('\n')
      .filter((name) => !/^journal\.lock\.[0-9a-f]+\.tmp$/.test(name));
    expect(left.sort()).toEqual(['ids', 'journal']);
    // What was final is not asked for again, but for what was under way when the process was killed.
    const askedAgain = ids.filter((id) => id.startsWith('delivered') && (asked.get(id) ?? 0) > 1);
    expect(askedAgain.length).toBeLessThanOrEqual((kills + 2) * 8 * 2);
    expect([...asked.keys()].sort()).toEqual([...ids].sort());
  });
});
