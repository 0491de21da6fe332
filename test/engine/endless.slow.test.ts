import { expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { start } from '../support/process.ts';

/** Ids that never stop coming, as a real process. */

const limit = 180_000;
/** Only a hang takes so long; then it is killed, which shows as no exit code. */
const hangMs = 60_000;

/** Tells its peak memory, in kB, when the process ends. */
const tellPeak = `process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))`;

/** Says ids as fast as they are taken, until nobody takes them. */
const sayIds = `
  let i = 0;
  process.stdout.on('error', () => process.exit());
  const say = (error) => {
    if (error) process.exit();
    let ids = '';
    for (const end = i + 10000; i < end; i += 1) ids += 'delivered-' + i + '\\n';
    process.stdout.write(ids, say);
  };
  say();
`;

/** Asks for ids without end, until the time is up. */
async function endless(bin: string, timeout: string, flags: string) {
  const script = `"$node" -e "$say" | "$node" --import "$tell" "$bin" sendblue get - --mock -o ndjson --timeout ${timeout} ${flags}`;
  const env = {
    node: process.execPath,
    bin,
    say: sayIds,
    tell: `data:text/javascript,${encodeURIComponent(tellPeak)}`,
  };
  const shell = start('/bin/sh', ['-c', script], env);
  const alarm = setTimeout(shell.kill, hangMs);
  const code = await shell.ended;
  clearTimeout(alarm);
  return { code, lines: shell.lines(), peak: Number(/peak (\d+)$/.exec(shell.stderr())?.[1]), stderr: shell.stderr() };
}

test.each([
  ['with --wait', '--wait', [22]],
  // What is in flight when the time is up may be a fault of the network there.
  ['without', '', [22, 30]],
])(
  'endless input ends when the time is up, with flat memory, %s',
  async (_, flags, codes) => {
    const bin = builtBin();
    const short = await endless(bin, '1s', flags);
    expect(codes).toContain(short.code);
    const long = await endless(bin, '3s', flags);
    expect(codes).toContain(long.code);
    expect(long.stderr).not.toMatch(/^ {4}at /m);
    expect(long.lines).toBeGreaterThan(0);
    expect(long.peak / short.peak).toBeLessThan(1.6);
  },
  limit,
);

test(
  'a pipe that brings more than can be asked is not read ahead',
  async () => {
    const bin = builtBin();
    const short = await endless(bin, '1s', '--wait --rate 1/s');
    expect(short.code).toBe(22);
    const long = await endless(bin, '3s', '--wait --rate 1/s');
    expect(long.code).toBe(22);
    expect(long.peak / short.peak).toBeLessThan(1.6);
  },
  limit,
);

/** Sources that bring more at once than is read in one turn of the event loop. */
test.each([
  ['the same id', 'yes a', 'sendblue get - --mock'],
  ['blank lines', "yes ''", 'sendblue get - --mock'],
  ['what is no id, separated by NUL', 'cat /dev/zero', 'sendblue get - -0 -q'],
  ['blank events', "yes ''", 'decode sendblue'],
  ['events that are none', "yes '{'", 'decode sendblue -q'],
  ['one long list of events', `(echo '['; yes '{},')`, 'decode sendblue -q'],
])(
  'endless input hears SIGINT at once: %s',
  async (_, source, argv) => {
    const script = `${source} | { "$node" "$bin" ${argv} & pid=$!; sleep 3; kill -INT $pid; wait $pid; }`;
    const shell = start('/bin/bash', ['-c', script], { node: process.execPath, bin: builtBin() });
    const alarm = setTimeout(shell.kill, hangMs / 2);
    const code = await shell.ended;
    clearTimeout(alarm);
    expect(code).toBe(130);
  },
  limit,
);
