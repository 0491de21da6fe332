import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Section } from './bench.ts';
import { buildEager } from './eager.ts';
import { rivalsIn, versionOf } from './install.ts';
import { type Case, interleaved } from './measure.ts';
import { ratioHead, ratioRows } from './ratios.ts';

export const lookup = ['sendblue', 'get', 'msg_abc123def456', '--exit-zero'] as const;

/** How long one command takes from start to end. */
export async function startup(bench: Bench): Promise<readonly Section[]> {
  const cases = [...ours(bench), ...rivals(bench)];
  bench.say(`start-up: ${bench.rounds} rounds of ${cases.length} commands\n`);
  const times = interleaved(cases, bench.rounds, { cwd: bench.folder, env: bench.env });
  const text = `Each command ${bench.rounds} times, in turn. The floor is Node with an empty script. The config file is YAML, in the
user's own folder; the other look-ups take their credentials from the environment. Ours and the rivals' ask the same server
over HTTP. Nobody has written a library for Salesforce's transactional SMS look-up that could be compared.`;
  return [{ title: 'Start-up', text, head: ratioHead, rows: ratioRows(cases, times) }];
}

function ours({ bin, folder, rival, origin }: Bench): Case[] {
  const node = process.execPath;
  const config = join(folder, 'config.yaml');
  const keys = 'apiKeyId: bench-key-id, apiSecretKey: bench-secret-key';
  writeFileSync(config, `profiles: { bench: { sendblue: { ${keys}, baseUrl: '${origin}' } } }\n`, { mode: 0o600 });
  const configured = ['--config', config, '--profile', 'bench'];
  return [
    { name: 'empty .mjs (the floor)', command: [node, rival('empty.mjs')] },
    { name: 'sbstatus --version', command: [node, bin, '--version'], wanted: '≤ 1.2' },
    { name: 'sbstatus --help', command: [node, bin, '--help'] },
    { name: 'one look-up, JSON', command: [node, bin, ...lookup, '--json'], wanted: '≤ 3' },
    { name: 'one look-up, table', command: [node, bin, ...lookup], wanted: 'JSON + 0.5' },
    { name: 'one look-up, JSON, config file', command: [node, bin, ...lookup, '--json', ...configured] },
  ];
}

function rivals(bench: Bench): Case[] {
  const node = process.execPath;
  const rival = rivalsIn(bench);
  const url = `${bench.origin}/api/v2/messages/msg_abc123def456`;
  const curl = `curl -sS -H "sb-api-key-id: $SENDBLUE_API_API_KEY" -H "sb-api-secret-key: $SENDBLUE_API_API_SECRET" ${url}`;
  return [
    { name: 'a dozen lines of node:http', command: [node, rival('node-http.mjs'), url] },
    { name: 'curl | jq', command: ['sh', '-c', `${curl} | jq .data.status`] },
    { name: `${versionOf('sendblue')}, one call`, command: [node, rival('sendblue-sdk.mjs')] },
    { name: `${versionOf('@sentdm/sentdm')}, one call`, command: [node, rival('sent-sdk.mjs')] },
    { name: 'sbstatus unbundled, all loaded, JSON', command: [node, buildEager(bench), ...lookup, '--json'] },
  ];
}
