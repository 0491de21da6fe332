import { Fault } from './fault.ts';
import type { Bounds } from './http.ts';
import { idProblem } from './id.ts';
import type { Finding, Operation, Provider, Tools } from './provider.ts';
import { type Line, put, type Question, type Reading, unanswered } from './question.ts';
import type { Settings } from './settings.ts';
import type { Expectation } from './verdict.ts';

/** One id as asked. `index`: its place in the input, from 0. */
export interface Asked {
  readonly index: number;
  readonly provider: { readonly id: string };
  readonly operation: string;
  readonly id: string;
}

/** An id to look up. What it does not say for itself is as the command line says. */
export interface Ask extends Asked {
  readonly provider: Provider;
  readonly profile?: string | undefined;
  readonly expectation?: Expectation | undefined;
  /** Names of the operation's extras that are wanted too. */
  readonly extras?: readonly string[];
}

/** A message that needs no asking: a row of a list, an event. */
export interface Known extends Asked {
  readonly answer: Answer;
}

/** A line of input that is no id; it gets a record of its own and the rest go on. */
export interface Misfit extends Asked {
  readonly fault: Fault;
}

/** What one look said. */
export type Answer = Reading<Finding>;

/** Looks once. Never throws but for a bug: a fault is an answer too. */
export async function lookUp(ask: Ask, line: Line, tools: Tools, bounds: Bounds): Promise<Answer> {
  const { provider, id } = ask;
  const problem = idProblemOf(ask);
  if (problem !== null) return unanswered(new Fault('bad-id', { message: problem }));
  const operation = operationOf(ask);
  const read = (body: unknown, settings: Settings) => operation.read(body, { id, settings });
  const answer = await put({ provider, target: operation.target(id), read }, line, tools, bounds);
  if (ask.extras === undefined || ask.extras.length === 0) return answer;
  return enriched(ask, ask.extras, answer, (question) => put(question, line, tools, bounds));
}

/** The answer with the extras that are wanted. One that cannot be had is a warning: the verdict stands without it. */
async function enriched(
  ask: Ask,
  extras: readonly string[],
  answer: Answer,
  put: (question: Question<Finding>) => Promise<Answer>,
): Promise<Answer> {
  let { said } = answer;
  for (const name of extras) {
    const extra = operationOf(ask).extras?.[name];
    if (said instanceof Fault || extra === undefined) continue;
    const finding: Finding = said;
    const read = (body: unknown, settings: Settings) => extra.merge(finding, body, { id: ask.id, settings });
    const more = await put({ provider: ask.provider, target: extra.target(ask.id), read });
    said = more.said instanceof Fault ? withWarning(finding, `no ${name}: ${more.said.message}`) : more.said;
  }
  return { ...answer, said };
}

function withWarning(finding: Finding, warning: string): Finding {
  return { ...finding, warnings: [...finding.warnings, warning] };
}

/** Why an id must not go to the network; null where it may. */
export function idProblemOf(ask: Pick<Ask, 'provider' | 'operation' | 'id'>): string | null {
  return idProblem(ask.id, operationOf(ask).anyCharacter ?? false);
}

export function operationOf(ask: Pick<Ask, 'provider' | 'operation'>): Operation {
  const operation = ask.provider.operations[ask.operation];
  if (operation === undefined) throw new Error(`${ask.provider.id} has no operation ${ask.operation}`);
  return operation;
}
