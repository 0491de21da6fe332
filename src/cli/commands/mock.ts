import type { Command } from 'commander';
import { UsageError } from '../../core/fault.ts';
import { durationMs, perSecondOf } from '../../core/time.ts';
import { type CommandContext, examples } from './command.ts';
import type { MockOptions } from './mock-run.ts';

export function addMock(program: Command, { world, setExit }: CommandContext): void {
  const command = program
    .command('mock')
    .description('serve a mock of every provider on this machine')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on, 0 for any that is free', '8787')
    .option('--latency <duration>', 'time before every answer')
    .option('--limit <n/s|n/min>', 'answer 429 beyond this many requests')
    .option('--list', 'list the ids that it knows, and what each does')
    .option('-v, --verbose', 'log every request on stderr')
    .action(async () => {
      const { mock } = await import('./mock-run.ts');
      setExit(await mock(mockOptions(command.opts<MockFlags>()), world));
    });
  examples.set(command, () => shellLines);
}

const shellLines = [
  'sbstatus mock --list',
  'sbstatus mock --port 8787 -v',
  '# in a script, in the background; its first lines are the exports that point look-ups to it',
  'sbstatus mock --port 0 > mock.env & mock=$!',
  'until test -s mock.env; do sleep 0.1; done; . ./mock.env',
  'sbstatus sendblue get delivered',
  'kill $mock',
];

/** What commander parses. */
interface MockFlags {
  readonly host: string;
  readonly port: string;
  readonly latency?: string;
  readonly limit?: string;
  readonly list?: boolean;
  readonly verbose?: boolean;
}

function mockOptions({ host, port, latency, limit, list = false, verbose = false }: MockFlags): MockOptions {
  return {
    host,
    port: portOf(port),
    verbose,
    list,
    latencyMs: latency === undefined ? 0 : latencyOf(latency),
    limit: limit === undefined ? null : limitOf(limit),
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError('--port is not a port number', 'give a number from 0 to 65535');
  return port;
}

function latencyOf(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw new UsageError('--latency is not a duration', 'give a number with a unit: 50ms, 1s');
  return ms;
}

/** `200/min` is a window of a minute, `100/s` one of a second. */
function limitOf(text: string): { count: number; windowMs: number } {
  const perSecond = perSecondOf(text);
  if (perSecond == null) throw new UsageError('--limit is not a rate', 'give 5/s or 200/min');
  const windowMs = text.endsWith('/min') ? 60_000 : 1000;
  return { count: Math.max(1, Math.round((perSecond * windowMs) / 1000)), windowMs };
}
