import type { Result } from '../core/record.ts';
import { explanationOf, nameOf, type TestStatus, testStatusOf } from './explanation.ts';
import type { Ending, Renderer } from './renderer.ts';
import { visible } from './safe-text.ts';

export interface JunitOptions {
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
  readonly name: string;
  readonly classname: string;
  readonly outcome: { readonly message: string; readonly type: string; readonly text: readonly string[] };
}

/**
 * JUnit XML as Jenkins and GitLab read it: a message is a test case. A message that is not as wanted is a failure, one
 * that could not be learnt an error. Nothing is written before the end, because the counts come first.
 */
export function createJunitRenderer(options: JunitOptions): Renderer {
  const cases: Case[] = [];
  return {
    result(result, hint) {
      cases.push(caseOf(result, hint, options));
      return '';
    },
    end: (ending) => {
      const all = cases.toSorted((a, b) => a.index - b.index);
      return documentOf(inStep(all, ending), options.startedAt);
    },
  };
}

function caseOf(result: Result, verdictHint: string | null, { pendingAs }: JunitOptions): Case {
  const { message, hint } = explanationOf(result, verdictHint);
  const facts = [
    `id: ${result.id}`,
    result.state === null ? null : `state: ${result.state} (${result.providerState})`,
    `exit: ${result.exit.code} ${result.exit.name}`,
    hint === null ? null : `hint: ${hint}`,
  ];
  return {
    index: result.index,
    kind: kindOf(testStatusOf(result), pendingAs),
    seconds: (result.request?.durationMs ?? 0) / 1000,
    exitCode: result.exit.code,
    name: nameOf(result),
    classname: `sbstatus.${result.provider}.${result.operation}`,
    outcome: {
      message,
      type: result.error?.code ?? result.exit.name,
      text: facts.filter((fact) => fact !== null),
    },
  };
}

function kindOf(judgement: TestStatus, pendingAs: JunitOptions['pendingAs']): Kind {
  if (judgement === 'pending') return pendingAs;
  return judgement === 'failed' ? 'failure' : judgement;
}

/**
 * The cases so that a reader comes to the run's own verdict: what a gate forgave is no failure, and a run that ended
 * badly although no message did (an interruption, a gate) has a case of its own.
 */
function inStep(cases: readonly Case[], { exit }: Ending): readonly Case[] {
  if (exit.code === 0) return cases.map((each) => (each.kind === 'passed' ? each : { ...each, kind: 'skipped' }));
  return cases.some(({ exitCode }) => exitCode === exit.code) ? cases : [...cases, caseOfRun(cases.length, exit)];
}

function caseOfRun(index: number, { code, name: type }: Ending['exit']): Case {
  const outcome = { message: `the run ended with exit code ${code}`, type, text: [] };
  return {
    index,
    kind: 'error',
    seconds: 0,
    exitCode: code,
    name: 'the run as a whole',
    classname: 'sbstatus',
    outcome,
  };
}

function linesOf({ name, classname, seconds, kind, outcome: { message, type, text } }: Case): string[] {
  const attributes = { name, classname, time: seconds.toFixed(3) };
  if (kind === 'passed') return element('testcase', attributes);
  const inner = kind === 'skipped' ? element(kind, { message }) : element(kind, { message, type }, text.map(xmlText));
  return element('testcase', attributes, inner);
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
    cases.flatMap(linesOf),
  );
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', ...element('testsuites', { ...counts, time }, suite)];
  return `${lines.join('\n')}\n`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text of unknown origin as XML text or the value of an attribute, on one line; what XML cannot hold is spelt out. */
export function xmlText(text: string): string {
  return visible(text)
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** An element; attributes that are null are left out. `content`: lines of XML. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number | null>>,
  content: readonly string[] = [],
): string[] {
  const words = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [` ${key}="${xmlText(String(value))}"`],
  );
  const opening = `<${name}${words.join('')}`;
  if (content.length === 0) return [`${opening}/>`];
  return [`${opening}>`, ...content, `</${name}>`];
}
