import { type ExitName, exits } from '../../../core/exit.ts';
import { faults } from '../../../core/fault.ts';
import type { CodeEntry, Provider } from '../../../core/provider.ts';
import type { CodeMeaning } from '../../../render/code-meanings.ts';
import { nextSteps } from './next-steps.ts';

/** Every code of a provider. Only its number is a key: names repeat, and events have a catalogue of their own. */
export function providerCodes({ codes, eventCodes }: Provider): readonly CodeMeaning[] {
  if (eventCodes === undefined) return codes.map((entry) => ofEntry(entry, null));
  const [usual, events] = ['sends and look-ups', 'events'];
  return [...codes.map((entry) => ofEntry(entry, usual)), ...eventCodes.map((entry) => ofEntry(entry, events))];
}

function ofEntry({ code, name, class: kind, meaning, resendable, hint }: CodeEntry, where: string | null): CodeMeaning {
  return { code, name, where, class: kind, meaning, retry: { what: 'sending it again', helps: resendable }, hint };
}

/** The exit codes of sbstatus. */
export const exitCodes: readonly CodeMeaning[] = (Object.keys(exits) as ExitName[]).map((name) => {
  const { code, retryable, when } = exits[name];
  const retry = { what: 'running it again', helps: retryable };
  return {
    code: String(code),
    name,
    where: 'exit',
    class: familyOf(code),
    meaning: when,
    retry,
    hint: nextSteps[name],
  };
});

/** What `error.code` of a record may be; each leads to an exit code. */
export const errorCodes: readonly CodeMeaning[] = Object.entries(faults).map(([code, { exit, hint }]) => {
  const retry = { what: 'running it again', helps: exits[exit].retryable };
  const meaning = `a look-up without an answer, exit ${exits[exit].code}: ${exits[exit].when}`;
  return { code, name: null, where: 'error', class: familyOf(exits[exit].code), meaning, retry, hint };
});

function familyOf(code: number): string {
  if (code === 0) return 'ok';
  if (code < 20) return 'sbstatus';
  if (code < 30) return 'verdict';
  if (code < 40) return 'passing';
  return code < 50 ? 'action' : 'signal';
}

/** Those with this code, or else with this name, in any case. */
export function matching(all: readonly CodeMeaning[], word: string): readonly CodeMeaning[] {
  const wanted = word.trim().toLowerCase();
  const coded = all.filter(({ code }) => code.toLowerCase() === wanted);
  return coded.length > 0 ? coded : all.filter(({ name }) => name?.toLowerCase() === wanted);
}
