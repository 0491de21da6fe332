import type { Bench, Section } from './bench.ts';
import { rivalsIn, versionOf } from './install.ts';
import { type Case, interleaved, median } from './measure.ts';

const levels = [1, 10, 50];
/** Starting a process an id takes so long that a tenth of the ids must do. */
const fewer = 10;
const rounds = 5;

/** Many look-ups in one run. */
export async function throughput(bench: Bench): Promise<readonly Section[]> {
  const rows = levels.map((level) => {
    bench.say(`throughput: ${bench.ids} ids, ${level} at once, ${rounds} rounds\n`);
    const cases = casesFor(level, bench);
    const times = interleaved(cases, rounds, { cwd: bench.folder, env: bench.env });
    const perSecond = ({ name }: Case) => idsOf(name, bench.ids) / (median(times.get(name) ?? []) / 1000);
    const [own = Number.NaN, ...others] = cases.map(perSecond);
    const [got = Number.NaN, , xargs = Number.NaN] = others;
    return [
      String(level),
      ...[own, ...others].map((rate) => rate.toFixed(0)),
      (own / got).toFixed(2),
      (own / xargs).toFixed(1),
    ];
  });
  const text = `${bench.ids} look-ups from standard input to NDJSON, ids a second; medians of ${rounds} runs, start-up included. At 10 at once, at
least 0.85 of got and 5 times \`xargs -P 10 curl\` are wanted. \`xargs curl\` asks for a tenth of the ids. The loops around got
and undici parse the answer and print two fields of it: no verdict, no retries, no limits. What we do beyond that is nearly made up for
by what we keep from got and Node: docs/decisions/memory.md.`;
  const head = ['at once', 'sbstatus', versionOf('got'), versionOf('undici'), 'xargs curl', '÷ got', '÷ xargs curl'];
  return [{ title: 'Throughput', text, head, rows }];
}

const xargs = 'xargs curl';

function idsOf(name: string, ids: number): number {
  return name === xargs ? Math.ceil(ids / fewer) : ids;
}

function casesFor(level: number, bench: Bench): Case[] {
  const node = process.execPath;
  const rival = rivalsIn(bench);
  const url = `${bench.origin}/api/v2/messages`;
  const loop = [url, String(bench.ids), String(level)];
  const own = `${node} ${bench.bin} sendblue get - -o ndjson --exit-zero --rate off --concurrency ${level}`;
  const curls = `seq -f 'msg_%.0f' ${idsOf(xargs, bench.ids)} | xargs -P ${level} -I ID curl -sS ${url}/ID`;
  return [
    { name: 'sbstatus', command: ['sh', '-c', `seq -f 'msg_%.0f' ${bench.ids} | ${own} >ours.ndjson`] },
    { name: 'got', command: ['sh', '-c', `${node} ${rival('got-loop.mjs')} ${loop.join(' ')} >got.ndjson`] },
    { name: 'undici', command: ['sh', '-c', `${node} ${rival('undici-loop.mjs')} ${loop.join(' ')} >undici.ndjson`] },
    { name: xargs, command: ['sh', '-c', `${curls} >curl.json`] },
  ];
}
