import { fixedSettings } from '../../config/index.ts';
import type { ExitName } from '../../core/exit.ts';
import { Fault } from '../../core/fault.ts';
import { operationOf } from '../../core/item.ts';
import type { Authorization, ConnectDeps, Provider } from '../../core/provider.ts';
import { Secret } from '../../core/secret.ts';
import type { Settings } from '../../core/settings.ts';
import { unfetchedTokens } from '../../core/token-store.ts';
import { type Target, urlOf } from '../../core/url.ts';
import { startCancellation } from '../../engine/cancellation.ts';
import { configuredCredentials } from '../../engine/credentials.ts';
import { openMessages } from '../../terminal/messages.ts';
import type { World } from '../../world.ts';
import type { LookupOptions } from '../flags.ts';

/** `--curl` of look-ups. */
export function printCurl(
  provider: Provider,
  operation: string,
  ids: readonly string[],
  options: LookupOptions,
  world: World,
): Promise<ExitName> {
  const { target, expansions = {} } = operationOf({ provider, operation });
  const wanted = options.expansions.flatMap((name) => expansions[name] ?? []);
  const targets = ids.flatMap((id) => [target(id), ...wanted.map((extra) => extra.target(id))]);
  return printCurlTo(provider, targets, options, world);
}

/** The requests as shell lines, with `$ENV_NAMES` where secrets go. Asks nothing, and needs no credentials. */
export async function printCurlTo(
  provider: Provider,
  targets: readonly Target[],
  options: LookupOptions,
  world: World,
): Promise<ExitName> {
  const names = placeholders(provider, JSON.stringify([targets, options.settings, world.env]));
  const settings = await shownSettings(provider, options, world, names);
  const deps: ConnectDeps = { clock: world.clock, send: neverSent, tokens: unfetchedTokens };
  const bounds = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
  const authorization = await provider.connect(settings, deps).authorize(bounds, null);
  const lines = targets.map((target) => curlLine(urlOf(authorization.base, target), authorization));
  const text = [...(provider.curlPreamble?.(settings) ?? []), ...lines].map((line) => `${line}\n`).join('');
  await world.stdout.write(withNames(text, provider, names));
  return 'ok';
}

function neverSent(): never {
  throw new Error('--curl asks nothing');
}

function curlLine(url: URL, { headers }: Authorization): string {
  const flags = Object.entries(headers).map(([name, value]) =>
    value instanceof Secret ? `-H "${name}: $${value.label}"` : `-H ${shellQuote(`${name}: ${value}`)}`,
  );
  return ['curl -sS', ...flags, shellQuote(url.href)].join(' ');
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The settings in use with every secret taken out. Where credentials are missing, those of the flags and the
 * environment; a file's address without its credentials would invite a paste that sends them away.
 */
async function shownSettings(
  provider: Provider,
  options: LookupOptions,
  world: World,
  names: Placeholders,
): Promise<Settings> {
  const messages = await openMessages(world, options.color);
  const cancellation = startCancellation(options, world);
  const credentials = configuredCredentials(options, world, messages, cancellation.stopSignal);
  try {
    const settings = await credentials.settingsOf(provider);
    return fixedSettings(
      provider,
      shownValues(provider, (key) => (settings.has(key) ? plain(provider, settings, key) : null)),
    );
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'credentials-missing')) throw error;
    const fromEnv = (key: string) =>
      provider.settings[key]?.env.map((name) => world.env[name]).find((value) => value !== undefined && value !== '');
    return fixedSettings(
      provider,
      assumedValues(provider, names, (key) => options.settings[key] ?? fromEnv(key) ?? null),
    );
  } finally {
    cancellation.end();
  }
}

type Lookup = (key: string) => string | null;

function plain(provider: Provider, settings: Settings, key: string): string | null {
  const kind = provider.settings[key]?.kind;
  if (kind === 'secret') return 'unshown-secret';
  return kind === 'url' ? (settings.url(key)?.href ?? null) : settings.text(key);
}

function shownValues(provider: Provider, lookup: Lookup): Record<string, string> {
  const entries = Object.keys(provider.settings).map((key) => [key, lookup(key)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** As if the last of the provider's ways to authenticate were set up. */
function assumedValues(provider: Provider, names: Placeholders, lookup: Lookup): Record<string, string> {
  const set = provider.credentials.at(-1);
  const isSecret = (key: string) => provider.settings[key]?.kind === 'secret';
  const values = shownValues(provider, (key) => (isSecret(key) ? null : lookup(key)));
  for (const key of set?.keys ?? []) values[key] = 'unshown-secret';
  for (const group of set?.needs ?? []) {
    const [first] = group;
    if (first !== undefined && !group.some((key) => key in values)) values[first] = names(first);
  }
  return values;
}

/** What stands for the value of a setting that only the user's shell knows. */
type Placeholders = (key: string) => string;

/** Words that are no part of `taken`, so that none is taken for one; lower case, since a host name would become so. */
function placeholders(provider: Provider, taken: string): Placeholders {
  let number = 0;
  while (taken.includes(`value-${number}-of-`)) number += 1;
  return (key) => `value-${number}-of-${provider.id}-${key.toLowerCase()}`;
}

function withNames(text: string, provider: Provider, names: Placeholders): string {
  return Object.entries(provider.settings)
    .filter(([, { kind }]) => kind !== 'secret')
    .reduce((line, [key, { env }]) => line.replaceAll(names(key), `'"$${env[0]}"'`), text);
}
