import { Fault } from '../core/fault.ts';
import type { HttpRequest, Limiter, Limits } from '../core/http.ts';
import { type LookupItem, type LookupResult, lookUp } from '../core/lookup.ts';
import { noTurn, Pace } from '../core/pace.ts';
import type { ConnectDeps, Provider } from '../core/provider.ts';
import { type AccountConnection, type ApiRequest, type ApiResult, execute, faultResult } from '../core/question.ts';
import { Slots } from '../core/slots.ts';
import { type Credentials, configuredCredentials, mockCredentials } from '../engine/credentials.ts';
import { type Masking, maskKeyOf } from '../engine/masking.ts';
import { createSend } from '../http/client.ts';
import { textTrace } from '../http/trace.ts';
import type { Messages } from '../terminal/messages.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';
import { type Admit, AdmittedPacer, createAdmission } from './admission.ts';
import type { LookupOptions } from './options.ts';
import { lookTime, type Run } from './run.ts';

/** What all look-ups of a run share: the client, the credentials, the pace. */
export interface Session {
  /** One look, when its turn has come; a configuration fault is an answer like any other. */
  look(ask: LookupItem, run: Run): Promise<LookupResult>;
  /** A question about no single message, such as a page of a list. */
  put<T>(question: ApiRequest<T>, run: Run): Promise<ApiResult<T>>;
  /** What this account's people are masked with; null where nobody needed its credentials. */
  maskKey(account: {
    readonly provider: { readonly id: string };
    readonly profile?: string | undefined;
  }): Promise<string | null>;
  close(): Promise<void>;
}

/** Look-ups that a provider takes at once before its pace begins to count, where the user named no rate. */
const defaultBurst = 5;

export async function openSession(
  options: LookupOptions,
  world: World,
  voice: Messages,
  privacy: Masking,
): Promise<Session> {
  const { clock, random } = world;
  const send = createSend({
    clock,
    random,
    retries: options.retries,
    requestTimeoutMs: options.requestTimeoutMs,
    trace: options.debug ? textTrace((text) => void voice.write(privacy.text(text))) : null,
    env: options.mock ? {} : world.env,
    userAgent: `sbstatus/${version}`,
  });
  const credentials = options.mock ? mockCredentials(options, world) : configuredCredentials(options, world, voice);
  const toolsWith = (pacer: Limiter): ConnectDeps => ({
    clock,
    send: (request: HttpRequest, bounds) => send({ ...request, limiter: pacer }, bounds),
  });
  const slots = new Slots(options.concurrency);
  const contacts = new Map<string, Contact>();

  const contactOf = ({ provider, profile }: Pick<LookupItem, 'provider' | 'profile'>): Contact => {
    const key = nameOf(provider, profile);
    const known = contacts.get(key);
    if (known !== undefined) return known;
    const pacer = new Pace(clock, rateOf(provider, options), lookTime(options));
    const tools = toolsWith(pacer);
    const tokens = () => tokensFor(provider, options, world, voice);
    const admit = createAdmission(pacer, slots, options.failFast);
    const contact = { provider, pacer, admit, line: lineOf(provider, profile, credentials, { tools, tokens }) };
    contacts.set(key, contact);
    return contact;
  };

  /** In its turn, over the connection of its account. */
  const over = async <T>(
    account: Pick<LookupItem, 'provider' | 'profile'>,
    run: Run,
    work: (line: AccountConnection, tools: ConnectDeps, bounds: Limits) => Promise<ApiResult<T>>,
  ): Promise<ApiResult<T>> => {
    const { provider, pacer, admit, line } = contactOf(account);
    const connected = await line;
    if (connected instanceof Fault) return faultResult(connected);
    const turn = { signal: run.stop, deadline: run.deadline };
    const begin = () =>
      run.stop.aborted ? Promise.resolve(null) : work(connected, toolsWith(new AdmittedPacer(pacer)), run.bounds());
    const reading = (await admit(turn, begin)) ?? faultResult(noTurn(pacer, turn, provider.title));
    return options.mock ? { ...reading, mock: true } : reading;
  };

  return {
    look: (ask, run) => over(ask, run, (line, tools, bounds) => lookUp(ask, line, tools, bounds)),
    put: (question, run) => over(question, run, (line, tools, bounds) => execute(question, line, tools, bounds)),
    maskKey: async ({ provider, profile }) => {
      const contact = contacts.get(nameOf(provider, profile));
      const line = await contact?.line;
      return contact === undefined || line === undefined || line instanceof Fault
        ? null
        : maskKeyOf(contact.provider, line.settings);
    },
    close: async () => {
      send.close();
      await credentials.close();
    },
  };
}

/** Another profile is another account, with a pace of its own. */
function nameOf({ id }: { readonly id: string }, profile: string | undefined): string {
  return JSON.stringify([id, profile]);
}

interface Contact {
  readonly provider: Provider;
  readonly pacer: Limiter;
  readonly admit: Admit;
  readonly line: Promise<AccountConnection | Fault>;
}

/** Resolved once a run: the fault of missing credentials is the fault of every id. */
async function lineOf(
  provider: Provider,
  profile: string | undefined,
  credentials: Credentials,
  { tools, tokens }: { readonly tools: ConnectDeps; tokens(): Promise<Pick<ConnectDeps, 'tokens'>> },
): Promise<AccountConnection | Fault> {
  try {
    const settings = await credentials.settingsOf(provider, profile);
    return { settings, connection: provider.connect(settings, { ...tools, ...(await tokens()) }) };
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** On disk, for providers that fetch tokens; the mock server's die with the run. Loaded only where it is needed. */
async function tokensFor(
  { id, usesTokens }: Provider,
  { mock, tokenCache, verbose }: LookupOptions,
  world: World,
  voice: Messages,
): Promise<Pick<ConnectDeps, 'tokens'>> {
  if (!usesTokens || mock || !tokenCache) return {};
  const { createDiskTokens } = await import('../disk/tokens.ts');
  return { tokens: createDiskTokens(id, world, (what) => verbose && void voice.note(what)) };
}

function rateOf(provider: Provider, { perSecond, mock }: LookupOptions) {
  if (perSecond === undefined) return mock ? null : { perSecond: provider.pace.perSecond, burst: defaultBurst };
  return Number.isFinite(perSecond) ? { perSecond, burst: 1 } : null;
}
