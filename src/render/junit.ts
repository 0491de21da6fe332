import type { Result } from '../core/record.ts';
import { causeOf } from './cause.ts';
import { type Judgement, judgementOf, type Names, nameOf } from './judgement.ts';
import type { Ending, Renderer } from './renderer.ts';
import { element, xmlText } from './xml.ts';

export interface JunitOptions {
  readonly names: Names;
  readonly pendingAs: 'failure' | 'skipped';
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

type Kind = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly index: number;
  readonly kind: Kind;
  readonly seconds: number;
  readonly exitCode: number;
  readonly lines: readonly string[];
}

/**
 * JUnit XML as Jenkins and GitLab read it: a message is a test case. A message that is not as wanted is a failure, one
 * that could not be learnt an error. Nothing is written before the end, because the counts come first.
 */
export function createJunitRenderer(options: JunitOptions): Renderer {
  const cases: Case[] = [];
  return {
    result(result) {
      cases.push(caseOf(result, options));
      return '';
    },
    end: (ending) => {
      const all = cases.toSorted((a, b) => a.index - b.index);
      const own = caseOfRun(ending, all);
      return documentOf(own === null ? all : [...all, own], options.startedAt);
    },
  };
}

function caseOf(result: Result, { names, pendingAs }: JunitOptions): Case {
  const kind = kindOf(judgementOf(result), pendingAs);
  const seconds = (result.request?.durationMs ?? 0) / 1000;
  const attributes = {
    name: nameOf(result, names),
    classname: `sbstatus.${result.provider}.${result.operation}`,
    time: seconds.toFixed(3),
  };
  const lines = element('testcase', attributes, kind === 'passed' ? [] : outcomeLines(kind, result));
  return { index: result.index, kind, seconds, exitCode: result.exit.code, lines };
}

function kindOf(judgement: Judgement, pendingAs: JunitOptions['pendingAs']): Kind {
  if (judgement === 'pending') return pendingAs;
  return judgement === 'failed' ? 'failure' : judgement;
}

function outcomeLines(kind: Exclude<Kind, 'passed'>, result: Result): string[] {
  const { message, hint } = causeOf(result);
  if (kind === 'skipped') return element(kind, { message });
  const facts = [
    `id: ${result.id}`,
    result.state === null ? null : `state: ${result.state} (${result.providerState})`,
    `exit: ${result.exit.code} ${result.exit.name}`,
    hint === null ? null : `hint: ${hint}`,
  ];
  const text = facts.filter((fact) => fact !== null).map(xmlText);
  return element(kind, { message, type: result.error?.code ?? result.exit.name }, text);
}

/** A run that ended badly although no message did (an interruption, a gate) must not look good. */
function caseOfRun({ exit }: Ending, cases: readonly Case[]): Case | null {
  if (exit.code === 0 || cases.some(({ exitCode }) => exitCode === exit.code)) return null;
  const outcome = element('error', { message: `the run ended with exit code ${exit.code}`, type: exit.name });
  const attributes = { name: 'the run as a whole', classname: 'sbstatus', time: '0.000' };
  const lines = element('testcase', attributes, outcome);
  return { index: cases.length, kind: 'error', seconds: 0, exitCode: exit.code, lines };
}

function documentOf(cases: readonly Case[], startedAt: number): string {
  const count = (kind: Kind) => cases.filter((each) => each.kind === kind).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error') };
  const time = seconds.toFixed(3);
  // The format has no place for a zone: it is UTC.
  const timestamp = new Date(startedAt).toISOString().slice(0, 19);
  const suite = element(
    'testsuite',
    { name: 'sbstatus', ...counts, skipped: count('skipped'), time, timestamp },
    cases.flatMap(({ lines }) => lines),
  );
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', ...element('testsuites', { ...counts, time }, suite)];
  return `${lines.join('\n')}\n`;
}
