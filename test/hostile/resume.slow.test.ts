import { expect, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { builtBin } from '../support/bin.ts';
import { needs } from '../support/needs.ts';
import { withSeed } from '../support/random.ts';
import { onVolume } from './volume.ts';

const providers = await loadProviders();

/** A batch that is killed again and again, and whose disk fills up in between, on a real disk of its own. */

// `npm run kills` does it a hundred times.
const kills = Number(process.env['SBSTATUS_TEST_KILLS'] ?? 20);
const count = Math.max(400, 10 * kills);

const ids = Array.from({ length: count }, (_, i) => `${i % 4 === 0 ? 'queued' : 'delivered'}-${i}`);

const script = `
  # A pipe that a killed process had made non-blocking would stay so: none of them gets this shell's.
  batch() { exec "$node" "$bin" sendblue get -f "$disk/ids" --resume "$disk/journal" --rate off -q >/dev/null </dev/null; }
  mark() {
    exec 3<>"/dev/tcp/127.0.0.1/$port"; printf 'GET /mark HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3
    cat <&3 >/dev/null; exec 3>&-
  }
  tr ' ' '\\n' <<<"$ids" >"$disk/ids"
  for after in $moments; do
    batch 2>/dev/null & sleep "$after"; kill -9 $!; wait $! 2>/dev/null
    mark; cat "$disk/journal" 2>/dev/null; echo; echo ---
    kills=$((kills + 1))
    if [ "$kills" = 10 ]; then
      # Room for a few records more, and not for all.
      head -c "$(($(df --output=avail -B1 "$disk" | tail -n 1) - 65536))" /dev/zero >"$disk/filler"
      full=$( (batch) 2>&1 ); full="full: $?
$full"; rm "$disk/filler"
    fi
  done
  last=$( (batch) 2>&1 ); echo "last: $?"; echo "$last"; echo "$full"; echo ---; cat "$disk/journal"; echo ---; ls -A "$disk"`;

interface Line {
  readonly id: string;
  readonly exit: { readonly code: number };
}

/** The whole lines of a journal: what is behind the last line end was cut off. */
function linesOf(journal: string): Line[] {
  return journal
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

needs('mounts of its own').describe('a batch with --resume', () => {
  test(
    `${kills} times kill -9 and a full disk: no id is lost, none is there twice, none that is final is asked again`,
    async () => {
      const log: string[] = [];
      const mock = await startMock({
        providers,
        host: '127.0.0.1',
        port: 0,
        clock: realClock,
        latencyMs: 40,
        log: (line) => log.push(/messages\/(\S+) /.exec(line)?.[1] ?? line),
      });
      const { apiKeyId = '', apiSecretKey = '', baseUrl = '' } = mock.settingsOf('sendblue');
      const env = {
        bin: builtBin(),
        port: new URL(mock.origin).port,
        ids: ids.join(' '),
        SENDBLUE_API_API_KEY: apiKeyId,
        SENDBLUE_API_API_SECRET: apiSecretKey,
        SENDBLUE_API_BASE_URL: baseUrl,
      };
      await withSeed(async (random) => {
        // From before the first request to some ten rounds of them; the machine's own time comes on top.
        const moments = Array.from({ length: kills }, () => (0.15 + random() * 0.45).toFixed(3)).join(' ');
        const { stdout } = await onVolume(script, {
          options: 'size=16m',
          env: { ...env, moments },
          patienceMs: 100_000 + 5_000 * kills,
        });
        expectWhole(stdout, log);
      });
      await mock.close();
    },
    120_000 + 5_000 * kills,
  );
});

function expectWhole(stdout: string, log: readonly string[]): void {
  const parts = stdout.split('---\n');
  const [outcome = '', journal = '', files = ''] = parts.slice(-3);
  const records = linesOf(journal);
  expect(records.map(({ id }) => id).sort()).toEqual([...ids].sort());
  for (const { id, exit } of records) expect(exit.code).toBe(id.startsWith('queued') ? 21 : 0);
  expect(outcome).toMatch(/^last: 21$/m);
  expect(outcome).toMatch(/^full: 1$/m);
  expect(outcome).toMatch(/^error: .*journal.*ENOSPC.*; hint: /m);
  expect(outcome).not.toMatch(/^ {4}at /m);
  // Who is killed while taking the lock leaves the file that was to become it.
  const left = files
    .trim()
    .split('\n')
    .filter((name) => !/^journal\.sbstatus-lock\.[0-9a-f]+\.tmp$/.test(name));
  expect(left.sort()).toEqual(['ids', 'journal']);
  const known = new Set(ids);
  expect(new Set(log.filter((id) => known.has(id)))).toEqual(known);

  // What a journal held at a kill, no later run asked for; how far they got by then is the machine's.
  const journals = parts.slice(0, kills).map((text) => linesOf(text.slice(0, -1)));
  const marks = log.flatMap((line, place) => (line.includes('/mark') ? [place] : []));
  expect(marks).toHaveLength(kills);
  expect(journals.at(-1)?.length).toBeGreaterThan(0);
  for (const [kill, lines] of journals.entries()) {
    const later = new Set(log.slice(marks[kill]));
    expect(lines.filter(({ id, exit }) => exit.code === 0 && later.has(id))).toEqual([]);
  }
}
