import type { ExitName } from '../../../core/exit.ts';
import type { Fault } from '../../../core/fault.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly topic: 'files' | 'network' | 'credentials' | 'provider' | 'clock';
  /** Which one: a path, a provider, a variable. */
  readonly subject: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly message: string;
  readonly hint: string | null;
  readonly exit: ExitName;
}

type What = Pick<Finding, 'topic' | 'subject'>;

export function good(what: What, message: string): Finding {
  return { ...what, status: 'ok', message, hint: null, exit: 'ok' };
}

export function skipped(what: What, message: string, hint: string | null = null): Finding {
  return { ...what, status: 'skipped', message, hint, exit: 'ok' };
}

export function doubtful(what: What, message: string, hint: string): Finding {
  return { ...what, status: 'warning', message, hint, exit: 'ok' };
}

export function bad(what: What, { message, hint, exit }: Pick<Fault, 'message' | 'hint' | 'exit'>): Finding {
  return { ...what, status: 'failed', message, hint, exit };
}
