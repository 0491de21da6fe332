import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type AccountMessage, moving, SendblueAccount, traffic } from '../support/sendblue-account.ts';
import type { Bench, Section } from './bench.ts';

interface Scene {
  readonly name: string;
  messages(): AccountMessage[];
  readonly flags: readonly string[];
  /** Whether the same is asked for without `--bulk` too. */
  readonly compares: boolean;
}

const off = ['--rate', 'off'];

/** The requests that `--bulk` takes, as the server counts them. */
export async function bulk(bench: Bench): Promise<readonly Section[]> {
  const { ids } = bench;
  const scenes: readonly Scene[] = [
    { name: `${ids} ids, 1 of 11 messages`, messages: () => traffic(11 * ids, 11), flags: off, compares: true },
    { name: `${ids / 100} ids, 1 of 11 messages`, messages: () => traffic(0.11 * ids, 11), flags: off, compares: true },
    { name: `${ids} ids, all messages`, messages: () => traffic(ids, 1), flags: off, compares: true },
    { name: `${ids / 10} ids, 1 of 150 messages`, messages: () => traffic(15 * ids, 150), flags: off, compares: true },
    { name: '2000 ids, --wait, end after 5 to 60 s', messages: () => moving(2000), flags: ['--wait'], compares: false },
  ];
  const rows: string[][] = [];
  for (const { name, messages, flags, compares } of scenes) {
    bench.say(`bulk: ${name}\n`);
    const account = messages();
    const list = await measure(bench, account, ['--bulk', ...flags]);
    const single = compares ? await measure(bench, account, flags) : null;
    const ratio = single === null ? '–' : (single.requests / list.requests).toFixed(2);
    rows.push([name, String(list.requests), String(single?.requests ?? '–'), ratio, list.seconds.toFixed(1)]);
  }
  const about = `\`sbstatus sendblue get - --bulk -o ndjson\` over an account of Sendblue, by requests, as the server counts them; without a rate limit,
but for \`--wait\`, which asks at the default pace of 5 a second. At most 1,400, 20 and (thinly spread) 1.05 times the requests of
\`get\` are wanted, and for \`--wait\` 200 and 78 s. How it decides: docs/decisions/bulk.md.`;
  const head = ['', '--bulk', 'get', '× fewer', 'seconds'];
  return [{ title: 'Requests in bulk', text: about, head, rows }];
}

async function measure(bench: Bench, messages: readonly AccountMessage[], flags: readonly string[]) {
  const account = new SendblueAccount(messages);
  const epoch = Date.now();
  const server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const { status, body } = account.answer(pathname, searchParams, Date.now() - epoch, epoch);
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = messages.map(({ id }) => id).filter((id) => id.startsWith('own'));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, [bench.bin, 'sendblue', 'get', '-', '-o', 'ndjson', '--exit-zero', ...flags], {
    cwd: bench.folder,
    env: { ...bench.env, SENDBLUE_API_BASE_URL: origin },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(own.join('\n'));
  const stdout = await text(child.stdout);
  const seconds = (Date.now() - epoch) / 1000;
  server.closeAllConnections();
  server.close();
  const records = stdout.split('\n').length - 1;
  if (records !== own.length) throw new Error(`${records} records of ${own.length} ids`);
  return { requests: account.requests.length, seconds };
}
