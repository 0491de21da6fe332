import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaksIn, type Text } from './leaks.ts';
import { transcriptVariable } from './transcript.ts';

/**
 * When all tests are done, everything that they made the program write is searched for every secret that they gave it.
 * What is found fails the run.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-transcripts-'));
  process.env[transcriptVariable] = folder;
  return () => {
    try {
      const leaks = search(folder);
      if (leaks.length === 0) return;
      // vitest tells the error and, left alone, ends with 0 all the same.
      process.exitCode = 1;
      throw new Error(`secrets were written:\n${leaks.slice(0, 20).join('\n')}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** Leaks in the outputs of a folder of transcripts, and in the snapshots of the tests. */
export function search(folder: string): string[] {
  const entries = (ending: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
      .map((line) => JSON.parse(line));
  const secrets = new Set(entries('.secrets').map(({ secret }) => secret as string));
  return leaksIn([...(entries('.output') as Text[]), ...snapshots()], secrets);
}

function snapshots(): Text[] {
  const tests = fileURLToPath(new URL('..', import.meta.url));
  const names = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) => /\.snap$/.test(name));
  return names.map((name) => ({ what: name, text: readFileSync(join(tests, name), 'utf8') }));
}
