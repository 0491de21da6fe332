import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadProviders } from '../../src/providers/index.ts';

const providers = await loadProviders();

/** Where the test run keeps all that the program wrote and every secret it was given; see secret-search.ts. */
export const transcriptVariable = 'SBSTATUS_TEST_TRANSCRIPTS';

/** One pair of files a worker, so that nobody's lines are torn. */
const worker = randomBytes(8).toString('hex');

/** Keeps what an invocation wrote, to be searched for secrets when all tests are done. */
export function keepOutput(what: string, text: string): void {
  keep(`${worker}.output`, { what, text });
}

/** Keeps the secrets in a text that the program is given: `NAME=value`, `setting: value`, a proxy's password. */
export function keepSecrets(text: string): void {
  const secrets = [...text.matchAll(named), ...text.matchAll(inUrl)].flatMap(([, value = '']) => value);
  for (const secret of new Set(secrets)) keep(`${worker}.secrets`, { secret });
}

const settings = Object.values(providers).flatMap((provider) => Object.entries(provider.settings));
const names = settings.flatMap(([name, { kind, env }]) => (kind === 'secret' ? [name, ...env] : []));
/** Shorter ones are words of their own. */
const named = new RegExp(`\\b(?:${names.join('|')})["']?\\s*[:=]\\s*["']?([^\\s"'{}$]{8,})`, 'g');
const inUrl = /:\/\/[^\s:/@]+:([^\s/@]{8,})@/g;

function keep(name: string, entry: object): void {
  const folder = process.env[transcriptVariable];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, name), `${JSON.stringify(entry)}\n`);
}
