import type { Result } from '../core/record.ts';
import { explanationOf, nameOf, testStatusOf } from './explanation.ts';
import type { Ending, Renderer } from './renderer.ts';
import { visible } from './safe-text.ts';

/** GitHub shows so many annotations of each level and drops the rest of a step's. */
const shownPerLevel = 10;

type Level = 'error' | 'warning';

/** Workflow commands that GitHub turns into annotations: errors for bad messages, warnings for pending or forgiven ones. */
export function createAnnotationRenderer(): Renderer {
  const texts: Readonly<Record<Level, string[]>> = { error: [], warning: [] };
  return {
    result(result, hint) {
      const judgement = testStatusOf(result);
      if (judgement === 'passed') return '';
      const ofLevel = texts[judgement === 'pending' ? 'warning' : 'error'];
      if (ofLevel.length < shownPerLevel) ofLevel.push(annotation(result, hint));
      return '';
    },
    end: ({ exit }) =>
      [...commands(exit.code === 0 ? 'warning' : 'error', texts.error), ...commands('warning', texts.warning)].join(''),
  };
}

function commands(level: Level, texts: readonly string[]): string[] {
  return texts.map((text) => `::${level} ${text}\n`);
}

function annotation(result: Result, verdictHint: string | null): string {
  const { message, hint } = explanationOf(result, verdictHint);
  const text = hint === null ? message : `${message}; hint: ${hint}`;
  return `title=${property(nameOf(result))}::${data(text)}`;
}

/** As the runner undoes it; `visible` leaves no line break that could begin a command of somebody else's. */
function data(text: string): string {
  return visible(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * The lines for GITHUB_OUTPUT: `state` and `outcome` of the message that decides the exit code (of the first, where
 * all are ok), empty where they could not be learnt. All values are words of ours, so none needs quoting.
 */
export function createOutputsRenderer(): Renderer {
  const first = new Map<number, Result>();
  return {
    result(result) {
      if (!first.has(result.exit.code)) first.set(result.exit.code, result);
      return '';
    },
    end: ({ exit }) => outputs(first.get(exit.code) ?? null, exit),
  };
}

function outputs(decisive: Result | null, { code }: Ending['exit']): string {
  return `state=${decisive?.state ?? ''}\noutcome=${decisive?.outcome ?? ''}\nexit-code=${code}\n`;
}
