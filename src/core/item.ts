import type { Fault } from './fault.ts';
import type { MessageStatus, Operation, Provider } from './provider.ts';
import type { Channel, RequestInfo } from './record.ts';
import type { State } from './state.ts';
import { idProblem } from './url.ts';

/** Which message a record is about. `index`: its place in the input, from 0. */
export interface ItemRef {
  readonly index: number;
  readonly provider: { readonly id: string };
  readonly operation: string;
  readonly id: string;
  /** What a manifest calls it. */
  readonly name?: string | null;
}

/** What the user wants of a message; empty and null: that it succeeds. */
export interface Expectation {
  /** Any one of them. Those on the ladder mean "at least". */
  readonly states: readonly State[];
  readonly channel: Channel | null;
}

/** An id to look up. What it does not say for itself is as the command line says. */
export interface LookupItem extends ItemRef {
  readonly kind: 'lookup';
  readonly provider: Provider;
  readonly profile?: string | undefined;
  readonly expectation?: Expectation | undefined;
  /** Names of the operation's expansions that are wanted too. */
  readonly expansions?: readonly string[];
}

/** A message that needs no look-up: a row of a list, an event. */
export interface KnownItem extends ItemRef {
  readonly kind: 'known';
  readonly result: LookupResult;
}

/** A line of input that is no id; it gets a record of its own and the rest go on. */
export interface InvalidItem extends ItemRef {
  readonly kind: 'invalid';
  readonly fault: Fault;
}

export type Item = LookupItem | KnownItem | InvalidItem;

/** What one request came to, good or bad, and how it was sent. `body`: the decoded answer, whatever it says. */
export type ApiResult<T> = (
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: Fault }
) & {
  readonly request: RequestInfo | null;
  readonly mock: boolean;
  readonly body?: unknown;
};

/** What one look-up said about a message. */
export type LookupResult = ApiResult<MessageStatus>;

/** A result without an answer. */
export type FaultResult = ApiResult<never> & { readonly kind: 'fault' };

/** The result of a request that was never sent. */
export function faultResult(fault: Fault): FaultResult {
  return { kind: 'fault', fault, request: null, mock: false };
}

/** Why an id must not go to the network; null where it may. */
export function idProblemOf(item: Pick<LookupItem, 'provider' | 'operation' | 'id'>): string | null {
  return idProblem(item.id, operationOf(item).anyCharacter ?? false);
}

export function operationOf(item: Pick<LookupItem, 'provider' | 'operation'>): Operation {
  const operation = item.provider.operations[item.operation];
  if (operation === undefined) throw new Error(`${item.provider.id} has no operation ${item.operation}`);
  return operation;
}
