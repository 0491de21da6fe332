import type { ConfigFile, Configuration, Preview } from '../../config/index.ts';
import type { ExitName } from '../../core/exit.ts';
import { Fault } from '../../core/fault.ts';
import type { Clock, Limits, Send } from '../../core/http.ts';
import type { ApiResult } from '../../core/item.ts';
import type { Provider } from '../../core/provider.ts';
import type { Settings } from '../../core/settings.ts';
import { createMemoryTokens, type TokenStore } from '../../core/token-store.ts';
import { readRegular } from '../../disk/regular-file.ts';
import { RateLimiter } from '../../engine/accounts.ts';
import { configurationFor, mockCredentials } from '../../engine/credentials.ts';
import { execute } from '../../engine/request.ts';
import { proxyFor } from '../../http/proxy.ts';
import { loadProviders } from '../../providers/index.ts';
import type { World } from '../../world.ts';
import { modeText } from './config-show.ts';

/** What `sbstatus doctor` was asked for. */
export interface DoctorOptions {
  readonly profile: string | null;
  readonly config: string | null;
  readonly mock: boolean;
  readonly json: boolean;
  readonly color: boolean;
}

export interface DoctorDeps {
  readonly world: World;
  readonly send: Send;
  /** The end of the run. */
  readonly signal: AbortSignal;
  limits(): Limits;
  tokensOf(provider: Provider): Promise<TokenStore | null>;
}

/** Everything that a look-up needs, one after the other, each finding as soon as it is known. */
export async function* examine(options: DoctorOptions, deps: DoctorDeps): AsyncGenerator<CheckResult> {
  const { world } = deps;
  const configuration = await configurationFor(options, world);
  yield* checkFiles(configuration);
  yield* checkNetwork(world);
  // The fault of a file is that of every provider, and was told.
  if (configuration.files.some(({ fault }) => fault !== null)) return;
  const profile = profileInUse(configuration);
  if (profile instanceof Fault) {
    yield failedResult({ topic: 'credentials', subject: 'profile' }, profile);
    return;
  }
  let configured = 0;
  for (const provider of Object.values(await loadProviders())) {
    const preview = configuration.preview(provider, {});
    if (preview.configured) configured += 1;
    yield* checkProvider(provider, preview, { configuration, deps, profile });
  }
  const others = configuration.profiles.filter((name) => name !== profile);
  const elsewhere: CheckResult[] = [];
  for (const name of others) elsewhere.push(...(await checkProfile(name, configuration)));
  yield* elsewhere;
  if (configured === 0 && elsewhere.length === 0) yield nothingSetUp;
}

function profileInUse(configuration: Configuration): string | null | Fault {
  try {
    return configuration.profile()?.name ?? null;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

const nothingSetUp: CheckResult = {
  topic: 'credentials',
  subject: 'all',
  status: 'failed',
  message: 'no provider is set up',
  hint: 'run `sbstatus config init`, set the variables of `sbstatus sendblue get --help`, or try it with --mock',
  exit: 'config',
};

interface ProfileContext {
  readonly configuration: Configuration;
  readonly deps: DoctorDeps;
  readonly profile: string | null;
}

async function* checkProvider(
  provider: Provider,
  preview: Preview,
  context: ProfileContext,
): AsyncGenerator<CheckResult> {
  const what = { topic: 'credentials', subject: subjectOf(provider, context.profile) } as const;
  if (!preview.configured && isMerelyMissing(preview)) {
    yield skippedResult(what, 'not set up');
    return;
  }
  if (preview.fault !== null) {
    yield failedResult(what, preview.fault);
    return;
  }
  try {
    const { world, send, signal, limits, tokensOf } = context.deps;
    const { settings, notes } = await context.configuration.settingsOf(provider, {}, signal);
    yield okResult(what, ['complete', ...notes].join('; '));
    const tokens = await tokensOf(provider);
    yield* await checkCredentials({ provider, settings, send, clock: world.clock, tokens, limits: limits() });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    yield failedResult(what, error);
  }
}

/** Profiles that are not in use are looked at, not tried: trying would run their commands. */
async function checkProfile(profile: string, configuration: Configuration): Promise<CheckResult[]> {
  const other = configuration.withProfile(profile);
  return Object.values(await loadProviders()).flatMap((provider) => {
    const preview = other.preview(provider, {});
    const what = { topic: 'credentials', subject: subjectOf(provider, profile) } as const;
    if (!preview.configured && isMerelyMissing(preview)) return [];
    if (preview.fault !== null) return [failedResult(what, preview.fault)];
    return [okResult(what, `complete; try them with --profile ${profile}`)];
  });
}

function isMerelyMissing({ fault }: Preview): boolean {
  return fault === null || fault.code === 'credentials-missing';
}

function subjectOf({ id }: Provider, profile: string | null): string {
  return profile === null ? id : `${id} (${profile})`;
}

/** The config files that are in use, or that cannot be. */
function checkFiles({ files, places }: Configuration): CheckResult[] {
  if (files.length > 0) return files.flatMap(aboutFile);
  const hint = 'write one with `sbstatus config init`; `sbstatus config path --all` lists the places';
  return [
    skippedResult({ topic: 'files', subject: 'config' }, `no config file in any of ${places.length} places`, hint),
  ];
}

function aboutFile({ path, kind, mode, fault, notes, holdsSecret }: ConfigFile): CheckResult[] {
  const what = { topic: 'files', subject: path } as const;
  // The fault names the file itself.
  if (fault !== null) return [failedResult({ topic: 'files', subject: 'config' }, fault)];
  if (notes.length > 0) return notes.map((note) => warningResult(what, note, `chmod 600 ${path}`));
  const held = holdsSecret ? 'holds secrets' : 'holds no secret itself';
  return [
    okResult(
      what,
      `${kind === 'project' ? 'project' : 'own'} file, ${mode === null ? '' : `mode ${modeText(mode)}, `}${held}`,
    ),
  ];
}

/** What the environment says about the way out. Proxy passwords are never shown. */
function checkNetwork({ env }: Pick<World, 'env'>): CheckResult[] {
  return [proxyFinding(env), ...caFinding(env), ...checksFinding(env)];
}

/** Not a host of anybody's: what holds for hosts that NO_PROXY does not name. */
const anyHost = new URL('https://host.invalid');

function proxyFinding(env: World['env']): CheckResult {
  const what = { topic: 'network', subject: 'proxy' } as const;
  try {
    const proxy = proxyFor(anyHost, env);
    const except = (env['no_proxy'] || env['NO_PROXY'] || '').trim();
    if (proxy === null) return okResult(what, 'none: connections are direct');
    const { origin } = proxy.url;
    return okResult(what, except === '' ? origin : `${origin}, except for ${except}`);
  } catch (error) {
    if (error instanceof Fault) return failedResult(what, error);
    throw error;
  }
}

/** Node reads the file at its start, and only warns where it cannot. */
function caFinding(env: World['env']): CheckResult[] {
  const path = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (path === '') return [];
  const what = { topic: 'network', subject: 'NODE_EXTRA_CA_CERTS' } as const;
  const text = readRegular(path);
  if (text === null) return [warningResult(what, `${path} cannot be read, so it has no effect`, 'check the path')];
  const count = text.match(/-----BEGIN (TRUSTED )?CERTIFICATE-----/g)?.length ?? 0;
  if (count === 0)
    return [warningResult(what, `${path} holds no certificate`, 'it must hold certificates in PEM form')];
  return [okResult(what, `${path} adds ${count === 1 ? '1 certificate' : `${count} certificates`}`)];
}

function checksFinding(env: World['env']): CheckResult[] {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return [];
  const what = { topic: 'network', subject: 'NODE_TLS_REJECT_UNAUTHORIZED' } as const;
  return [warningResult(what, 'is 0, which has no effect: certificates are always checked', 'unset it')];
}

export interface CredentialTest {
  readonly provider: Provider;
  readonly settings: Settings;
  readonly send: Send;
  readonly clock: Clock;
  readonly tokens: TokenStore | null;
  readonly limits: Limits;
}

/** A clock that is off by more makes certificates and tokens look expired, or not valid yet; milliseconds. */
const tolerableSkewMs = 60_000;

/** Asks the provider the question that it declares for it, and compares its clock with this machine's. */
async function checkCredentials({
  provider,
  settings,
  send,
  clock,
  tokens,
  limits,
}: CredentialTest): Promise<CheckResult[]> {
  let date: string | undefined;
  const sendAndListen: Send = async (request, within) => {
    const exchange = await send(request, within);
    if (!(exchange.reply instanceof Fault)) date = exchange.reply.headers['date'] ?? date;
    return exchange;
  };
  const limiter = new RateLimiter(clock, null);
  const connection = provider.connect(settings, {
    clock,
    send: sendAndListen,
    tokens: withoutCache(tokens ?? createMemoryTokens()),
  });
  const client = {
    account: { provider, limiter, refusal: null, confirmation: null, isProven: true },
    settings,
    connection,
  };
  const request = {
    provider,
    target: provider.check.target,
    read: (body: unknown) => readProof(provider, body, settings),
  };
  const result = await execute(request, client, { clock, send: sendAndListen, limiter }, limits);
  return [credentialResult(provider, result), ...clockResult(provider, date, clock.now())];
}

/** A token from before would prove nothing about the client secret of today. What is fetched is kept all the same. */
function withoutCache(tokens: TokenStore): TokenStore {
  return { ...tokens, read: async () => null };
}

function credentialResult({ id, title, check }: Provider, result: ApiResult<object>): CheckResult {
  const what = { topic: 'provider', subject: id } as const;
  const isProof = result.kind === 'answer' || (check.proof === 'not-found' && result.fault.code === 'not-found');
  if (!isProof && result.fault.code === 'timeout') {
    const hint = 'try again; check the network, the base URL and any proxy';
    return failedResult(what, new Fault('timeout', { message: result.fault.message, hint }));
  }
  if (!isProof) return failedResult(what, result.fault);
  return okResult(what, `${title} accepted the credentials (${check.what}, ${result.request?.durationMs ?? 0} ms)`);
}

/** An answer that says no is none, whatever its HTTP status. Throws the fault that the provider's own code stands for. */
function readProof({ mapError }: Provider, body: unknown, settings: Settings): object {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Fault('wrong-shape', { message: 'the answer is not a JSON object' });
  }
  if (!('success' in body) || body.success !== false) return {};
  // The code decides, as in the body of a refusal whose status says little.
  const reply = { status: 400, headers: {}, bytes: new Uint8Array() };
  const { code, says, hint } = mapError?.({ reply, body, settings }) ?? {};
  const why = says === undefined ? '' : `, ${says}`;
  throw new Fault(code ?? 'unexpected-status', { message: `the answer says success: false${why}`, hint });
}

function clockResult({ id }: Provider, date: string | undefined, now: number): CheckResult[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const what = { topic: 'clock', subject: id } as const;
  const skew = Math.round((now - theirs) / 1000);
  const words = `this machine’s clock is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} the provider’s`;
  // The header tells whole seconds, and took its time to arrive.
  if (Math.abs(skew) * 1000 <= tolerableSkewMs)
    return [okResult(what, 'this machine’s clock agrees with the provider’s')];
  return [warningResult(what, words, 'set the clock: tokens and certificates are judged by it')];
}

/** One thing that was looked at. */
export interface CheckResult {
  readonly topic: 'files' | 'network' | 'credentials' | 'provider' | 'clock';
  /** Which one: a path, a provider, a variable. */
  readonly subject: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly message: string;
  readonly hint: string | null;
  readonly exit: ExitName;
}

type What = Pick<CheckResult, 'topic' | 'subject'>;

function okResult(what: What, message: string): CheckResult {
  return { ...what, status: 'ok', message, hint: null, exit: 'ok' };
}

function skippedResult(what: What, message: string, hint: string | null = null): CheckResult {
  return { ...what, status: 'skipped', message, hint, exit: 'ok' };
}

function warningResult(what: What, message: string, hint: string): CheckResult {
  return { ...what, status: 'warning', message, hint, exit: 'ok' };
}

function failedResult(what: What, { message, hint, exit }: Pick<Fault, 'message' | 'hint' | 'exit'>): CheckResult {
  return { ...what, status: 'failed', message, hint, exit };
}

/** Every provider's question, put to a mock server that lives as long as this. */
export async function* examineMock({
  world,
  send,
  limits,
}: Pick<DoctorDeps, 'world' | 'send' | 'limits'>): AsyncGenerator<CheckResult> {
  const credentials = mockCredentials({ config: null, profile: null, settings: {} }, world);
  try {
    for (const provider of Object.values(await loadProviders())) {
      const settings = await credentials.settingsOf(provider);
      yield okResult({ topic: 'credentials', subject: provider.id }, 'the mock server’s');
      yield* await checkCredentials({ provider, settings, send, clock: world.clock, tokens: null, limits: limits() });
    }
  } finally {
    await credentials.close();
  }
}
