import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Part } from './bench.ts';
import { bulk } from './bulk.ts';
import { decoding } from './decoding.ts';
import { memory } from './memory.ts';
import { nodes } from './nodes.ts';
import { plain, writeReport } from './report.ts';
import { startup } from './startup.ts';
import { throughput } from './throughput.ts';

const parts: Readonly<Record<string, Part>> = { startup, nodes, throughput, memory, decode: decoding, bulk };

/**
 * `npm run bench -- [part...] [--rounds 60] [--ids 10000] [--dry]`; `--dry` leaves docs/benchmarks.md alone. `--ids` is for
 * throughput; memory is measured with a fifth and with five times as many, decoding with ten and a hundred times.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '60' },
      ids: { type: 'string', default: '10000' },
      dry: { type: 'boolean', default: false },
    },
  });
  const wanted = positionals.length === 0 ? Object.keys(parts) : positionals;
  const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}: there are ${Object.keys(parts).join(', ')}`);

  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-bench-'));
  const server = spawn(process.execPath, ['test/bench/rivals/server.mjs'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const bench = benchFor(folder, await firstLine(server), Number(values.rounds), Number(values.ids));
    for (const name of wanted) {
      const sections = (await parts[name]?.(bench)) ?? [];
      for (const section of sections) bench.say(plain(section));
      if (!values.dry) writeReport('docs/benchmarks.md', sections);
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function benchFor(folder: string, origin: string, rounds: number, ids: number): Bench {
  const root = process.cwd();
  return {
    root,
    folder,
    origin,
    rounds,
    ids,
    bin: join(root, 'bin/sbstatus.js'),
    rival: (name) => join(root, 'test/bench/rivals', name),
    say: (text) => void process.stdout.write(text),
    // NODE_EXTRA_CA_CERTS would add a tenth of a second to every start of Node 20.
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      SENDBLUE_API_API_KEY: 'bench-key-id',
      SENDBLUE_API_API_SECRET: 'bench-secret-key',
      SENDBLUE_API_BASE_URL: origin,
      SENT_DM_API_KEY: 'bench-key',
      SENT_BASE_URL: origin,
    },
  };
}

function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    stdout?.once('end', () => reject(new Error('the server did not start')));
  });
}
