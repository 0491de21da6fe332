import { Fault } from './fault.ts';
import type { Limits } from './http.ts';
import type { ConnectDeps, MessageStatus, Operation, Provider } from './provider.ts';
import { type AccountConnection, type ApiRequest, type ApiResult, execute, faultResult } from './question.ts';
import type { Settings } from './settings.ts';
import { idProblem } from './url.ts';
import type { Expectation } from './verdict.ts';

/** One id as asked. `index`: its place in the input, from 0. */
export interface ItemRef {
  readonly index: number;
  readonly provider: { readonly id: string };
  readonly operation: string;
  readonly id: string;
}

/** An id to look up. What it does not say for itself is as the command line says. */
export interface LookupItem extends ItemRef {
  readonly provider: Provider;
  readonly profile?: string | undefined;
  readonly expectation?: Expectation | undefined;
  /** Names of the operation's expansions that are wanted too. */
  readonly expansions?: readonly string[];
}

/** A message that needs no asking: a row of a list, an event. */
export interface KnownItem extends ItemRef {
  readonly answer: LookupResult;
}

/** A line of input that is no id; it gets a record of its own and the rest go on. */
export interface InvalidItem extends ItemRef {
  readonly fault: Fault;
}

/** What one look result. */
export type LookupResult = ApiResult<MessageStatus>;

/** Looks once. Never throws but for a bug: a fault is an answer too. */
export async function lookUp(
  ask: LookupItem,
  line: AccountConnection,
  tools: ConnectDeps,
  bounds: Limits,
): Promise<LookupResult> {
  const { provider, id } = ask;
  const problem = idProblemOf(ask);
  if (problem !== null) return faultResult(new Fault('bad-id', { message: problem }));
  const operation = operationOf(ask);
  const read = (body: unknown, settings: Settings) => operation.read(body, { id, settings });
  const answer = await execute({ provider, target: operation.target(id), read }, line, tools, bounds);
  if (ask.expansions === undefined || ask.expansions.length === 0) return answer;
  return addExpansions(ask, ask.expansions, answer, (question) => execute(question, line, tools, bounds));
}

/** The answer with the expansions that are wanted. One that cannot be had is a warning: the verdict stands without it. */
async function addExpansions(
  ask: LookupItem,
  expansions: readonly string[],
  answer: LookupResult,
  put: (question: ApiRequest<MessageStatus>) => Promise<LookupResult>,
): Promise<LookupResult> {
  let { result } = answer;
  for (const name of expansions) {
    const extra = operationOf(ask).expansions?.[name];
    if (result instanceof Fault || extra === undefined) continue;
    const finding: MessageStatus = result;
    const read = (body: unknown, settings: Settings) => extra.merge(finding, body, { id: ask.id, settings });
    const more = await put({ provider: ask.provider, target: extra.target(ask.id), read });
    result = more.result instanceof Fault ? withWarning(finding, `no ${name}: ${more.result.message}`) : more.result;
  }
  return { ...answer, result };
}

function withWarning(finding: MessageStatus, warning: string): MessageStatus {
  return { ...finding, warnings: [...finding.warnings, warning] };
}

/** Why an id must not go to the network; null where it may. */
export function idProblemOf(ask: Pick<LookupItem, 'provider' | 'operation' | 'id'>): string | null {
  return idProblem(ask.id, operationOf(ask).anyCharacter ?? false);
}

export function operationOf(ask: Pick<LookupItem, 'provider' | 'operation'>): Operation {
  const operation = ask.provider.operations[ask.operation];
  if (operation === undefined) throw new Error(`${ask.provider.id} has no operation ${ask.operation}`);
  return operation;
}
