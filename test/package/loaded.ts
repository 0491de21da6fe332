import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { builtBin, runBin } from '../support/bin.ts';

/** What one invocation of the built program has loaded by its end. */
export interface Loaded {
  /** Files of the program, by name. */
  readonly files: readonly string[];
  /** Our own modules in those files, as paths from the root. */
  readonly modules: readonly string[];
  /** Packages of which something is in those files. */
  readonly packages: ReadonlySet<string>;
  /** Node's own modules. */
  readonly builtins: readonly string[];
}

const spy = fileURLToPath(new URL('spy.cjs', import.meta.url));
const bundle = new URL('../../reports/bundle.json', import.meta.url);

/** Runs it with nothing but PATH and `env`; fails where it ends with another code than `code`. */
export async function loadedBy(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-loaded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const report = join(folder, 'report.json');
  const outcome = await runBin(builtBin(), argv, {
    env: { ...env, NODE_OPTIONS: `--require=${JSON.stringify(spy)}`, SPY_REPORT: report },
    cwd: folder,
  });
  if (outcome.code !== 0) throw new Error(`exit code ${outcome.code}: ${outcome.stderr}`);
  const { files, builtins } = JSON.parse(readFileSync(report, 'utf8'));
  const names: string[] = files
    .map((file: string) => basename(file))
    .filter((name: string) => name !== 'spy.cjs' && name !== 'guard.cjs');
  const inputs = inputsOf(names);
  return {
    files: names,
    modules: inputs.filter((path) => path.startsWith('src/')),
    packages: new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])),
    builtins,
  };
}

interface Bundle {
  readonly homes: Readonly<Record<string, string>>;
  readonly metafile: {
    readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
  };
}

function inputsOf(files: readonly string[]): string[] {
  const { homes, metafile }: Bundle = JSON.parse(readFileSync(bundle, 'utf8'));
  const chunks = Object.keys(homes).filter((chunk) => files.includes(homes[chunk] ?? ''));
  return chunks.flatMap((chunk) => Object.keys(metafile.outputs[`split/${chunk}`]?.inputs ?? {}));
}
