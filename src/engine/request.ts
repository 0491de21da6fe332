import { faultOfReply } from '../core/error-response.ts';
import { Fault } from '../core/fault.ts';
import type { Clock, Exchange, Limiter, Limits, Reply, Send } from '../core/http.ts';
import { type ApiResult, faultResult, type LookupItem, type LookupResult, operationOf } from '../core/item.ts';
import { isFilled, parseBody } from '../core/json.ts';
import { mockHeader } from '../core/mock.ts';
import type { Authorization, Connection, MessageStatus, Provider } from '../core/provider.ts';
import type { RequestInfo } from '../core/record.ts';
import type { Settings } from '../core/settings.ts';
import { type Target, urlOf } from '../core/url.ts';

/** An account at a provider: one set of credentials at one address. Its requests share a pace and a refusal. */
export interface Account {
  readonly provider: Provider;
  /** `perSecond` null: as fast as they come. */
  readonly limiter: Limiter & { readonly perSecond: number | null };
  /** Set once the provider refused the credentials for good. */
  refusal: Fault | null;
  /** Under way while one request finds out whether a refusal is meant: all who were refused wait for it. */
  confirmation: Promise<unknown> | null;
  /** A look-up has ended without a refusal: several may be under way. */
  isProven: boolean;
}

/** A way into an account, as one profile has it: two may differ in a business unit or a child profile alone. */
export interface Client {
  readonly account: Account;
  readonly settings: Settings;
  readonly connection: Connection;
}

/** One GET, and how its answer is read. */
export interface ApiRequest<T> {
  readonly provider: Provider;
  readonly target: Target;
  /** Throws a fault. */
  read(body: unknown, settings: Settings): T & { readonly requestId?: string | null };
}

/** What a request is sent with. `limiter`: every attempt takes a turn there, right before it is sent. */
export interface RequestDeps {
  readonly send: Send;
  readonly clock: Clock;
  readonly limiter: Limiter;
}

/** Looks a message up once, with the expansions that are wanted. Never throws but for a bug: a fault is a result too. */
export async function lookUp(
  item: LookupItem,
  operationName: string,
  client: Client,
  deps: RequestDeps,
  limits: Limits,
): Promise<LookupResult> {
  const { provider, id, expansions = [] } = item;
  const operation = operationOf({ provider, operation: operationName });
  const read = (body: unknown, settings: Settings) => operation.read(body, { id, settings });
  let result = await execute({ provider, target: operation.target(id), read }, client, deps, limits);
  for (const name of expansions) result = await expand(name, item, result, { client, deps, limits });
  return result;
}

interface ExpandContext {
  readonly client: Client;
  readonly deps: RequestDeps;
  readonly limits: Limits;
}

/** The result with what a further request adds. One that cannot be had is a warning: the verdict stands without it. */
async function expand(
  name: string,
  { provider, operation, id }: LookupItem,
  result: LookupResult,
  { client, deps, limits }: ExpandContext,
): Promise<LookupResult> {
  const expansion = operationOf({ provider, operation }).expansions?.[name];
  if (result.kind === 'fault' || expansion === undefined) return result;
  const { value: status } = result;
  const read = (body: unknown, settings: Settings) => expansion.merge(status, body, { id, settings });
  const more = await execute({ provider, target: expansion.target(id), read }, client, deps, limits);
  if (more.kind === 'answer') return { ...result, value: more.value };
  return { ...result, value: addWarning(status, `no ${name}: ${more.fault.message}`) };
}

function addWarning(status: MessageStatus, warning: string): MessageStatus {
  return { ...status, warnings: [...status.warnings, warning] };
}

/**
 * Sends one request of an account. A 401 is asked once more, with a new token where there can be one: one stray refusal
 * must not end a run. Two in a row end the account: asking on would only lock the key out. Of all who are refused at once
 * one asks again. Never throws but for a bug.
 */
export async function execute<T>(
  request: ApiRequest<T>,
  client: Client,
  deps: RequestDeps,
  limits: Limits,
): Promise<ApiResult<T>> {
  const { account } = client;
  if (account.refusal !== null) return faultResult(account.refusal);
  try {
    const first = await send(request, client, deps, limits, null);
    let result = readReply(request, client.settings, first, deps.clock.now());
    // The provider's own: a login page with that status refuses nothing.
    const isRefused =
      result.kind === 'fault' && result.fault.code === 'unauthorized' && result.fault.httpStatus === 401;
    if (isRefused && account.confirmation !== null) await account.confirmation;
    if (isRefused && account.refusal === null) {
      const asking = send(request, client, deps, limits, first.authorization);
      const end = () => {
        account.confirmation = null;
      };
      // Whoever waits for it goes on once the refusal was noted below.
      account.confirmation ??= asking.then(end, end);
      const second = await asking;
      result = readReply(request, client.settings, addExchange(first, second), deps.clock.now());
    }
    if (result.kind === 'fault' && result.fault.code === 'unauthorized') account.refusal ??= result.fault;
    return result;
  } catch (error) {
    const fault = faultOf(error);
    // The token endpoint's own word.
    if (fault.code === 'unauthorized') account.refusal ??= fault;
    return faultResult(fault);
  }
}

interface SentRequest {
  readonly url: URL;
  readonly authorization: Authorization;
  readonly exchange: Exchange;
}

async function send(
  { provider, target }: ApiRequest<unknown>,
  { connection }: Client,
  deps: RequestDeps,
  limits: Limits,
  refused: Authorization | null,
): Promise<SentRequest> {
  const authorization = await connection.authorize(limits, connection.canRenew ? refused : null);
  const url = urlOf(authorization.base, target);
  const { mayRetry } = provider;
  const { headers } = authorization;
  const { limiter } = deps;
  const request = { method: 'GET', url, headers, limiter, ...(mayRetry === undefined ? {} : { mayRetry }) } as const;
  return { url, authorization, exchange: await deps.send(request, limits) };
}

function addExchange(first: SentRequest, second: SentRequest): SentRequest {
  const attempts = first.exchange.attempts + second.exchange.attempts;
  const durationMs = first.exchange.durationMs + second.exchange.durationMs;
  return { ...second, exchange: { ...second.exchange, attempts, durationMs } };
}

function readReply<T>(request: ApiRequest<T>, settings: Settings, sent: SentRequest, nowMs: number): ApiResult<T> {
  const { provider } = request;
  const { reply } = sent.exchange;
  if (reply instanceof Fault) return { kind: 'fault', fault: reply, request: requestInfo(sent, null), mock: false };
  const mock = reply.headers[mockHeader] !== undefined;
  let body: unknown;
  try {
    if (reply.status < 200 || reply.status > 299) throw faultOfReply(provider, settings, reply, nowMs, request.target);
    // 205 brings no answer, 206 a part of one.
    if (reply.status > 204) throw new Fault('unexpected-status', { message: 'the answer is not a whole one' });
    body = parseBody(reply);
    const value = request.read(body, settings);
    refuseErrorBeside(body);
    return { kind: 'answer', value, request: requestInfo(sent, value.requestId ?? null), mock, body };
  } catch (error) {
    const fault = addLocation(faultOf(error), provider, reply);
    return { kind: 'fault', fault, request: requestInfo(sent, fault.requestId), mock, body };
  }
}

/** Throws for a 2xx that says no beside what was asked for; messages have no fields of these names. */
function refuseErrorBeside(body: unknown): void {
  const { error, errors, success } = Object(body) as Readonly<Record<string, unknown>>;
  const isDenied = (success ?? true) !== true;
  // Nearly every answer.
  if (!isDenied && (error ?? errors) == null) return;
  if (isDenied || isFilled(error) || isFilled(errors)) {
    throw new Fault('wrong-shape', { message: 'the answer says no beside the message' });
  }
}

/** A fault found while reading a reply knows neither whose it is nor the status. */
function addLocation(fault: Fault, provider: Provider, reply: Reply): Fault {
  if (fault.httpStatus !== null) return fault;
  return new Fault(fault.code, {
    message: `${provider.title}: ${fault.message} (HTTP ${reply.status})`,
    hint: fault.hint,
    httpStatus: reply.status,
    requestId: fault.requestId ?? reply.headers['x-request-id'],
  });
}

function requestInfo(sent: SentRequest, requestId: string | null): RequestInfo {
  const { reply, attempts, durationMs } = sent.exchange;
  const header = reply instanceof Fault ? undefined : reply.headers['x-request-id'];
  return {
    url: sent.url.href,
    httpStatus: reply instanceof Fault ? reply.httpStatus : reply.status,
    requestId: requestId ?? header ?? null,
    attempts,
    durationMs: Math.round(durationMs),
  };
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
