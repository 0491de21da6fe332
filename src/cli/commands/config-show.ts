import { resolve } from 'node:path';
import { type Configuration, describe, isThere, type Origin, userFile, userPlaces } from '../../config/index.ts';
import { type ExitName, exitOf } from '../../core/exit.ts';
import type { Provider } from '../../core/provider.ts';
import { errorOf } from '../../core/result.ts';
import { configurationFor } from '../../engine/credentials.ts';
import { loadProviders } from '../../providers/index.ts';
import { jsonText, visible } from '../../render/safe-text.ts';
import { pad, width } from '../../render/width.ts';
import { openMessages } from '../../terminal/messages.ts';
import type { World } from '../../world.ts';

/** What `config show` and `config path` were asked for. */
export interface ConfigOptions {
  readonly profile: string | null;
  readonly config: string | null;
  readonly json: boolean;
  readonly all: boolean;
}

interface SettingRow {
  readonly provider: string;
  readonly setting: string;
  readonly value: string;
  readonly origin: Origin;
}

/** Every setting that is set, with its origin. Nothing is fetched or run for it. */
export async function show(options: ConfigOptions, world: World): Promise<ExitName> {
  const configuration = await configurationFor(options, world);
  const profile = configuration.profile()?.name ?? null;
  const providers = Object.values(await loadProviders());
  const rows = providers.flatMap((provider) => rowsOf(provider, configuration));
  const problems = problemsOf(providers, configuration);
  const exit = problems.length === 0 ? 'ok' : 'config';
  if (options.json) {
    const files = configuration.files.map(({ path, kind, mode }) => ({ path, kind, mode: modeText(mode) }));
    const error = problems.map(([provider, fault]) => ({ provider, ...errorOf(fault) }));
    const answer = { schema: 'sbstatus.config/1', profile, files, settings: rows, problems: error, exit: exitOf(exit) };
    await world.stdout.write(`${jsonText(answer, 2)}\n`);
  } else await world.stdout.write(textOf(rows, world.stdout.terminal));
  const messages = await openMessages(world, true);
  for (const note of configuration.notes) await messages.warning(note);
  for (const [, fault] of problems) await messages.error(fault.message, fault.hint);
  return exit;
}

function rowsOf(provider: Provider, configuration: Configuration): SettingRow[] {
  return [...configuration.preview(provider, {}).settings].map(([setting, { value, absent, origin }]) => {
    const secret = provider.settings[setting]?.kind === 'secret';
    const shown = secret ? '[redacted]' : (value ?? '');
    return { provider: provider.id, setting, value: absent ? '(not there)' : shown, origin };
  });
}

/** A provider without any credential is no problem: nobody uses all of them. */
function problemsOf(providers: readonly Provider[], configuration: Configuration) {
  const faults = providers.flatMap((provider) => {
    const { configured, fault } = configuration.preview(provider, {});
    const counts = fault !== null && (configured || fault.code !== 'credentials-missing');
    return counts ? [[provider.id, fault] as const] : [];
  });
  // A broken file is every provider's problem, and is told once.
  return faults.filter(
    ([, fault], place) => faults.findIndex(([, other]) => other.message === fault.message) === place,
  );
}

export function modeText(mode: number | null): string | null {
  return mode === null ? null : mode.toString(8).padStart(3, '0');
}

function textOf(rows: readonly SettingRow[], terminal: boolean): string {
  const head = ['provider', 'setting', 'value', 'from'];
  const cells = [head, ...rows.map((row) => [row.provider, row.setting, row.value, describe(row.origin)])];
  const shown = cells.map((line) => line.map(visible));
  if (!terminal) return shown.map((line) => `${line.join('\t')}\n`).join('');
  const widths = head.map((_, place) => Math.max(...shown.map((line) => width(line[place] ?? ''))));
  return shown
    .map(
      (line) =>
        `${line
          .map((cell, i) => pad(cell, widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The user's own file: the one that counts, or the one that `config init` would write. */
export function ownFile(world: World): string {
  return userPlaces(world).find(isThere)?.path ?? userFile(world);
}

export async function path(options: ConfigOptions, world: World): Promise<void> {
  if (!options.all) {
    const named = options.config ?? (world.env['SBSTATUS_CONFIG'] || null);
    const own = named === null ? ownFile(world) : resolve(world.cwd, named);
    await world.stdout.write(options.json ? `${jsonText(own)}\n` : `${visible(own)}\n`);
    return;
  }
  const { places, files } = await configurationFor({ ...options, profile: null }, world);
  const used = new Set(files.map((file) => file.path));
  const rows = places.map((place) => ({ path: place.path, kind: place.kind, used: used.has(place.path) }));
  const lines = rows.map((row) => `${row.used ? 'used' : '-'}\t${row.kind}\t${visible(row.path)}`);
  await world.stdout.write(options.json ? `${jsonText(rows, 2)}\n` : `${lines.join('\n')}\n`);
}
