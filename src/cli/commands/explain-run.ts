import { type ExitName, exits } from '../../core/exit.ts';
import { faults, UsageError } from '../../core/fault.ts';
import type { CodeEntry, Provider, Providers } from '../../core/provider.ts';
import { nearest } from '../../core/text.ts';
import { type CodeMeaning, codeMeaningsText } from '../../render/code-meanings.ts';
import { jsonText } from '../../render/safe-text.ts';
import { openMessages, usesColor } from '../../terminal/messages.ts';
import type { World } from '../../world.ts';

export interface ExplainOptions {
  readonly whose: string;
  /** Null: all that there are. */
  readonly code: string | null;
  readonly json: boolean;
  readonly color: boolean;
}

/** `sbstatus explain <whose> [code]`. Throws a usage error for an unknown set of codes. */
export async function explain(options: ExplainOptions, providers: Providers, world: World): Promise<ExitName> {
  const all = codesOf(options.whose, providers);
  const found = options.code === null ? all : matching(all, options.code);
  await world.stdout.write(await textOf(found, options, world));
  if (found.length > 0) return 'ok';
  const messages = await openMessages(world, options.color);
  await messages.error(
    `unknown code ${JSON.stringify(options.code)} of ${options.whose}`,
    unknownHint(options, providers),
  );
  return 'unknown-status';
}

function codesOf(whose: string, providers: Providers): readonly CodeMeaning[] {
  const provider = Object.hasOwn(providers, whose) ? providers[whose] : undefined;
  if (provider !== undefined) return providerCodes(provider);
  if (whose === 'exit') return exitCodes;
  if (whose === 'sbstatus') return [...exitCodes, ...errorCodes];
  const names = [...Object.keys(providers), 'exit', 'sbstatus'];
  const near = nearest(whose, names);
  throw new UsageError(
    `unknown code set ${JSON.stringify(whose)}`,
    near === null ? `choose one of ${names.join(', ')}` : `did you mean ${near}?`,
  );
}

function textOf(found: readonly CodeMeaning[], { whose, code, json, color }: ExplainOptions, world: World) {
  if (json)
    return `${jsonText({ schema: 'sbstatus.explanation/1', whose, code, explanations: found.map(withoutAliases) }, 2)}\n`;
  const { stdout, env } = world;
  return codeMeaningsText(found, {
    columns: stdout.terminal ? stdout.columns : null,
    color: usesColor(stdout, env, color),
  });
}

function withoutAliases({ aliases: _, ...meaning }: CodeMeaning): Omit<CodeMeaning, 'aliases'> {
  return meaning;
}

function unknownHint({ whose, code }: ExplainOptions, providers: Providers): string {
  const others = Object.values(providers)
    .filter((provider) => provider.id !== whose && matching(providerCodes(provider), code ?? '').length > 0)
    .map(({ id }) => id);
  const list = `sbstatus explain ${whose} lists those that are known`;
  return others.length === 0 ? list : `${others.join(' and ')} has a code of that spelling; ${list}`;
}

/** Every code of a provider, in all its catalogues. */
function providerCodes({ codes, eventCodes = [] }: Provider): readonly CodeMeaning[] {
  return [...codes, ...eventCodes].map(meaningOf);
}

function meaningOf(entry: CodeEntry): CodeMeaning {
  const { code, name, aliases = [], where = null, class: kind, meaning, resendable, hint } = entry;
  const retry = { what: 'sending it again', helps: resendable };
  return { code, name, aliases, where, class: kind, meaning, retry, hint };
}

/** What to do about each exit code; a record’s own `error.hint` or `reason.hint` is closer to the case. */
const nextSteps: Readonly<Record<ExitName, string>> = {
  ok: 'nothing to do',
  internal: 'report it to sbstatus with the output of --debug',
  usage: 'correct the command line as the message on stderr says; --help shows what the command takes',
  failed: 'read reason in the record: it says why, and whether sending again may help',
  pending: 'ask again later, or add --wait',
  'wait-timeout': 'raise --timeout, or ask again later',
  'expect-mismatch': 'read the warnings of the record; lower --expect where the route reports no more than it did',
  'not-found': 'check the id, the account and the host; a message just sent may need --not-found-grace 30s',
  'unknown-status': 'look the word up in the provider’s documentation, and report it to sbstatus',
  rejected: 'check the id: asking the same again will be refused again',
  network: 'check the connection, the base URL and the proxy, then run it again',
  'rate-limited': 'wait as long as error.retryAfterSeconds says, then ask more slowly with --rate',
  'provider-unavailable': 'run it again later; the provider has trouble of its own',
  auth: 'check the credentials; do not repeat it in a loop, some providers lock a key out',
  config: 'set the credentials that the message names, or correct the config file',
  'unexpected-response': 'check the base URL and any proxy: something other than the provider’s API may have answered',
  tls: 'set NODE_EXTRA_CA_CERTS for a proxy’s certificate, or check host name and clock',
  interrupted: 'run the same command again',
  terminated: 'run the same command again',
};

/** The exit codes of sbstatus. */
const exitCodes: readonly CodeMeaning[] = (Object.keys(exits) as ExitName[]).map((name) => {
  const { code, retryable, when } = exits[name];
  const retry = { what: 'running it again', helps: retryable };
  return {
    code: String(code),
    name,
    where: 'exit',
    class: familyOf(code),
    meaning: when,
    retry,
    hint: nextSteps[name],
  };
});

/** What `error.code` of a record may be; each leads to an exit code. */
const errorCodes: readonly CodeMeaning[] = Object.entries(faults).map(([code, { exit, hint }]) => {
  const retry = { what: 'running it again', helps: exits[exit].retryable };
  const meaning = `a look-up without an answer, exit ${exits[exit].code}: ${exits[exit].when}`;
  return { code, name: null, where: 'error', class: familyOf(exits[exit].code), meaning, retry, hint };
});

function familyOf(code: number): string {
  if (code === 0) return 'ok';
  if (code < 20) return 'sbstatus';
  if (code < 30) return 'verdict';
  if (code < 40) return 'passing';
  return code < 50 ? 'action' : 'signal';
}

/** Those with this code, or else with this name or another spelling of it, in any case. Names repeat; codes are the keys. */
function matching(all: readonly CodeMeaning[], word: string): readonly CodeMeaning[] {
  const wanted = word.trim().toLowerCase();
  const isWanted = (text: string | null) => text?.toLowerCase() === wanted;
  const byCode = all.filter(({ code }) => isWanted(code));
  return byCode.length > 0 ? byCode : all.filter(({ name, aliases = [] }) => [name, ...aliases].some(isWanted));
}
