import { execFileSync } from 'node:child_process';
import type { Bench, Section } from './bench.ts';
import { type Case, interleaved } from './measure.ts';
import { ratioRows } from './ratios.ts';
import { lookup } from './startup.ts';

const majors = ['20', '22', '24', '26'];

/** Start-up on every Node that is supported. */
export async function nodes(bench: Bench): Promise<readonly Section[]> {
  const rows = majors.flatMap((major) => {
    const node = runtime(major);
    bench.say(`start-up on Node ${major}: ${bench.rounds} rounds\n`);
    const cases = casesFor(node, bench);
    const times = interleaved(cases, bench.rounds, { cwd: bench.folder, env: bench.env });
    return ratioRows(cases, times).map(([name = '', ...rest]) => [`Node ${major}: ${name}`, ...rest]);
  });
  const text = `Each command ${bench.rounds} times, in turn, on each Node; the runtimes are those of the registry's package \`node\`.`;
  const head = ['', 'median ms', 'fastest ms', '× floor', 'wanted'];
  return [{ title: 'Start-up on other versions of Node', text, head, rows }];
}

function casesFor(node: string, { bin, rival, origin }: Bench): Case[] {
  const url = `${origin}/api/v2/messages/msg_abc123def456`;
  return [
    { name: 'empty .mjs (the floor)', command: [node, rival('empty.mjs')] },
    { name: '--version', command: [node, bin, '--version'], wanted: '≤ 1.2' },
    { name: 'one look-up, JSON', command: [node, bin, ...lookup, '--json'], wanted: '≤ 3' },
    { name: 'one look-up, table', command: [node, bin, ...lookup], wanted: 'JSON + 0.5' },
    { name: 'a dozen lines of node:http', command: [node, rival('node-http.mjs'), url] },
  ];
}

function runtime(major: string): string {
  const argv = ['--yes', '--package', `node@${major}`, '--call', 'node --print process.execPath'];
  return execFileSync('npx', argv, { encoding: 'utf8' }).trim();
}
