import childProcess from 'node:child_process';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(import.meta.url);
const guard = process.env['SBSTATUS_TEST_GUARD'] ?? '';
const escapes = process.env['SBSTATUS_TEST_ESCAPES'] ?? '';

/** The guard of this process and, by way of NODE_OPTIONS, of every process that a test starts, whatever environment it gives it. */
const installed = Symbol.for('sbstatus.test.children');
if (!Reflect.has(globalThis, installed)) {
  Reflect.set(globalThis, installed, true);
  require('./preload.cjs');
  guardChildren();
  guardTerminals();
  syncBuiltinESMExports();
}

type Env = Readonly<Record<string, string | undefined>>;

/** Files share a worker, and a test may have another NODE_OPTIONS for its child, which stays. */
function withGuard(env: Env = process.env): Record<string, string | undefined> {
  const own = `--require=${JSON.stringify(guard)}`;
  const options = env['NODE_OPTIONS'] ?? '';
  const NODE_OPTIONS = options.includes(own) ? options : `${own} ${options}`.trim();
  return { ...env, NODE_OPTIONS, SBSTATUS_TEST_ESCAPES: env['SBSTATUS_TEST_ESCAPES'] ?? escapes };
}

function guardChildren(): void {
  // All that is not synchronous comes by here, with an environment of lines.
  const proto = childProcess.ChildProcess.prototype as unknown as { spawn(options: { envPairs: string[] }): unknown };
  const { spawn } = proto;
  proto.spawn = function guarded(options) {
    const given = options.envPairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
    const envPairs = Object.entries(withGuard(Object.fromEntries(given))).map(([name, value]) => `${name}=${value}`);
    return spawn.call(this, { ...options, envPairs });
  };
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    const original = childProcess[name] as (...args: unknown[]) => unknown;
    Object.assign(childProcess, { [name]: (...args: unknown[]) => original(...guarded(args)) });
  }
}

/** The arguments of a call whose options, if any, are its last. */
function guarded(args: readonly unknown[]): unknown[] {
  const last = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last);
  const options = (hasOptions ? last : {}) as { readonly env?: Env };
  return [...(hasOptions ? args.slice(0, -1) : args), { ...options, env: withGuard(options.env) }];
}

function guardTerminals(): void {
  const pty = require('@lydell/node-pty') as {
    spawn: (file: string, args: unknown, options: { env?: Env }) => unknown;
  };
  const { spawn } = pty;
  pty.spawn = (file, args, options) => spawn(file, args, { ...options, env: withGuard(options.env) });
}
