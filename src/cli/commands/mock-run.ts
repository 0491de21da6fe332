import type { ExitName } from '../../core/exit.ts';
import { UsageError } from '../../core/fault.ts';
import type { Providers } from '../../core/provider.ts';
import { faultIds } from '../../mock/faults.ts';
import { type MockServer, startMock } from '../../mock/server.ts';
import { loadProviders } from '../../providers/index.ts';
import { visible } from '../../render/safe-text.ts';
import { type Messages, openMessages } from '../../terminal/messages.ts';
import type { World } from '../../world.ts';

export interface MockOptions {
  readonly host: string;
  readonly port: number;
  readonly verbose: boolean;
  readonly list: boolean;
  readonly latencyMs: number;
  readonly limit: { readonly count: number; readonly windowMs: number } | null;
}

/** `sbstatus mock`: serves until a signal comes. stdout gets the shell lines that point look-ups here. */
export async function mock(options: MockOptions, world: World): Promise<ExitName> {
  const messages = await openMessages(world, true);
  const providers = await loadProviders();
  if (options.list) {
    await world.stdout.write(await listOfIds(providers));
    return 'ok';
  }
  const signaled = new Promise<void>((resolve) => {
    const silence = world.onSignal(() => {
      silence();
      resolve();
    });
  });
  const server = await startServer({ ...options, providers }, world, messages);
  try {
    await world.stdout.write(exportsOf(server, providers));
    if (!isLoopback(options.host)) {
      await messages.warning(
        `whoever can reach ${options.host} can use the mock: it is for this machine, try --host 127.0.0.1`,
      );
    }
    await messages.note(`the mock listens on ${server.origin}; Ctrl-C ends it, sbstatus mock --list names its ids`);
    await Promise.race([signaled, untilAborted(world.stdout.gone)]);
  } finally {
    await server.close();
  }
  return 'ok';
}

async function startServer(
  options: MockOptions & { readonly providers: Providers },
  world: World,
  messages: Messages,
): Promise<MockServer> {
  const log = options.verbose ? { log: (line: string) => void messages.write(`${visible(line)}\n`) } : {};
  try {
    return await startMock({ ...options, ...log, clock: world.clock });
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new UsageError(
      `cannot listen on ${options.host}:${options.port} (${code})`,
      'choose another --port or --host',
    );
  }
}

function exportsOf(server: MockServer, providers: Providers): string {
  const lines = Object.values(providers).flatMap((provider) =>
    Object.entries(server.settingsOf(provider.id)).flatMap(([key, value]) => {
      const name = provider.settings[key]?.env[0];
      return name === undefined ? [] : [`export ${name}=${shellQuote(value)}`];
    }),
  );
  return `${lines.join('\n')}\n`;
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

async function listOfIds(providers: Providers): Promise<string> {
  const rows: string[][] = [['provider', 'operation', 'id', 'means']];
  for (const provider of Object.values(providers)) {
    const { ids } = await provider.mock();
    rows.push(...ids.map(({ id, operation, means }) => [provider.id, operation, id, means]));
  }
  rows.push(...Object.entries(faultIds).map(([id, { means }]) => ['any', 'any', id, means]));
  rows.push(
    ['any', 'any', 'http-<status>', 'any other status from 300 to 599'],
    ['any', 'any', 'html-<status>', 'the same as a web page'],
    ['any', 'any', '<id>-<anything>', 'the same as <id>'],
  );
  return `${rows.map((row) => row.join('\t')).join('\n')}\n`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
