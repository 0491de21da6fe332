import { type ExitName, exits } from '../../core/exit.ts';
import { type FaultCode, faults, UsageError } from '../../core/fault.ts';
import type { CodeEntry, Provider, Providers, WordEntry } from '../../core/provider.ts';
import { nearest } from '../../core/text.ts';
import { type CodeMeaning, codeMeaningsText } from '../../render/code-meanings.ts';
import { jsonText } from '../../render/safe-text.ts';
import { meaningOf as stateMeaning } from '../../render/words.ts';
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
  const title = providers[whose]?.title;
  const list = `sbstatus explain ${whose} lists the known ones${title === undefined ? '' : `; ask ${title}’s support about any other`}`;
  return others.length === 0 ? list : `it is a code of ${others.join(' and ')}: sbstatus explain ${others[0]} ${code}`;
}

/** Every word and every code of a provider, in all its catalogues. */
function providerCodes({ words = [], codes, eventCodes = [] }: Provider): readonly CodeMeaning[] {
  return [...words.map(meaningOfWord), ...[...codes, ...eventCodes].map(meaningOf)];
}

function meaningOfWord({ word, when, status, advice }: WordEntry): CodeMeaning {
  const helps = status.outcome === 'failure' ? (advice?.resendable ?? null) : false;
  return {
    code: word,
    name: null,
    where: when === undefined ? 'status' : `status, ${when}`,
    class: status.state,
    meaning: stateMeaning({ ...status, reason: null }),
    retry: { what: 'sending it again', helps },
    hint:
      advice?.hint ??
      (status.outcome === 'success' ? 'nothing to do' : 'do not send again: the message is still under way'),
  };
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
  rejected: 'check the id: the same request will be refused again',
  network: 'check the connection, the base URL and the proxy, then run it again',
  'rate-limited': 'wait as long as error.retryAfterSeconds says, then ask more slowly with --rate',
  'provider-unavailable': 'run it again later: the fault is on the provider’s side',
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

const faultMeanings: Readonly<Record<FaultCode, string>> = {
  'bad-event': 'a part of the input is not an event',
  'bad-id': 'the id is empty, too long, or holds what no id of this provider holds, so nothing was asked',
  'manifest-invalid': 'the manifest cannot be read, or holds what no manifest may hold',
  'not-found': 'the provider knows no such message',
  rejected: 'the provider calls the request invalid',
  'unknown-host': 'the host name is not known to DNS',
  refused: 'the host refused the connection',
  'connection-lost': 'the connection broke before the answer was complete',
  unreachable: 'the host, its name server or the proxy cannot be reached',
  timeout: 'no answer came in time',
  'rate-limited': 'the provider wants fewer requests: HTTP 429 after the retries',
  'provider-error': 'the provider failed: HTTP 5xx after the retries',
  unauthorized: 'the provider refused the credentials',
  forbidden: 'the provider knows the credentials, but they may not do this',
  'credentials-missing': 'there are no complete credentials for this provider',
  'config-invalid': 'a config file or a setting is not valid',
  'profile-unknown': 'no config file has this profile',
  'origin-refused': 'the address and the credentials come from different sources, so nothing was sent',
  'proxy-auth': 'the proxy requires a user and a password, or refused those given',
  'proxy-invalid': 'the variable for the proxy holds no URL that can be used',
  redirect: 'the host answered with a redirect',
  'not-json': 'the answer is not JSON',
  empty: 'the answer has no body',
  'wrong-shape': 'the answer is JSON, but it is no message as the provider documents it',
  'wrong-id': 'the answer is about another message than the one asked for',
  'too-large': 'the answer is larger than 2 MiB',
  'not-http': 'what answered does not speak HTTP',
  'unexpected-status':
    'the answer is a web page or a web server’s own text, or has an HTTP status that has no place here',
  'tls-untrusted': 'the certificate is from an authority that this machine does not trust',
  'tls-expired': 'the certificate has expired, or is not valid yet',
  'tls-host': 'the certificate is for another host',
  'tls-failed': 'no TLS connection could be made',
  'time-up': 'the time was up before the answer came',
  interrupted: 'SIGINT came before the answer did',
  terminated: 'SIGTERM came before the answer did',
  internal: 'a bug in sbstatus',
};

/** What `error.code` of a record may be; each leads to an exit code. */
const errorCodes: readonly CodeMeaning[] = (Object.keys(faults) as FaultCode[]).map((code) => {
  const { exit, hint } = faults[code];
  const retry = { what: 'running it again', helps: exits[exit].retryable };
  const meaning = `${faultMeanings[code]} (exit ${exits[exit].code})`;
  return { code, name: null, where: 'error', class: familyOf(exits[exit].code), meaning, retry, hint };
});

function familyOf(code: number): string {
  if (code === 0) return 'ok';
  if (code < 20) return 'sbstatus';
  if (code < 30) return 'verdict';
  if (code < 40) return 'passing';
  return code < 50 ? 'action' : 'signal';
}

/**
 * Those with this code, or else with this name or another spelling of it, in any case. Names repeat; codes are the keys.
 * Of a dotted word, such as `TransactionalSendEvents.SMSSent` or `message.failed`, the last part counts, and of an error
 * as Meta prints it, `(#131026) Message undeliverable`, the code.
 */
function matching(all: readonly CodeMeaning[], text: string): readonly CodeMeaning[] {
  const [, code] = /^\(?#(\d+)(?:\)|$)/.exec(text.trim()) ?? [];
  const wanted = code ?? text.trim().toLowerCase().replace(/^.*\./, '');
  const isWanted = (word: string | null) => word?.toLowerCase() === wanted;
  const byCode = all.filter(({ code }) => isWanted(code));
  return byCode.length > 0 ? byCode : all.filter(({ name, aliases = [] }) => [name, ...aliases].some(isWanted));
}
