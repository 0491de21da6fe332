import { idProblemOf, type LookupItem, operationOf } from '../../../core/lookup.ts';
import type { Provider, Providers } from '../../../core/provider.ts';
import { nearest } from '../../../core/text.ts';

/** What a ref names. `problem`: why it cannot be asked for; the parts are then as far as they could be told. */
export type Ref =
  | Pick<LookupItem, 'provider' | 'operation' | 'id'>
  | {
      readonly provider: { readonly id: string };
      readonly operation: string;
      readonly id: string;
      readonly problem: string;
    };

/** `provider:id` or `provider/operation:id`, split at the first colon. `verbatim`: blanks at the edges belong to it. */
export function refOf(text: string, verbatim: boolean, providers: Providers): Ref {
  const [, head = '', rest] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const [name = '', operation = 'get'] = (verbatim ? head : head.trimStart()).split(/\/(.*)/s);
  const parts = { provider: { id: name.slice(0, 64) }, operation: operation.slice(0, 64), id: rest ?? text };
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (rest === undefined) return { ...parts, problem: 'no colon in it; write provider:id' };
  if (provider === undefined) return { ...parts, problem: noProvider(name, Object.keys(providers)) };
  if (!Object.hasOwn(provider.operations, operation)) return { ...parts, problem: noOperation(operation, provider) };
  return checked({ provider, operation, id: rest }, verbatim);
}

function checked(ask: Pick<LookupItem, 'provider' | 'operation' | 'id'>, verbatim: boolean): Ref {
  const keepsBlanks = verbatim || operationOf(ask).anyCharacter === true;
  const trimmed = keepsBlanks ? ask : { ...ask, id: ask.id.trim() };
  const problem = idProblemOf(trimmed);
  return problem === null ? trimmed : { ...trimmed, problem };
}

function noProvider(name: string, ids: readonly string[]): string {
  return `no provider is called ${JSON.stringify(name)}, ${suggestion(name, ids)}`;
}

function noOperation(name: string, provider: Provider): string {
  const names = Object.keys(provider.operations);
  return `${provider.id} has no operation ${JSON.stringify(name)}, ${suggestion(name, names)}`;
}

function suggestion(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return near === null ? `only ${words.join(', ')}` : `did you mean ${near}?`;
}
