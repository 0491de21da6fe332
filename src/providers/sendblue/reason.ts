import type { Reason } from '../../core/record.ts';
import type { State } from '../../core/state.ts';
import { codeEntry } from './codes.ts';
import { isConfirmed } from './status.ts';
import type { Message } from './wire.ts';

/** Why a message is where it is; null where nothing went wrong, or where it arrived in spite of a code. */
export function reasonOf(message: Message, state: State): Reason | null {
  const code = message.error_code;
  if (isConfirmed(state) || (code === null && state !== 'failed')) return null;
  const entry = codeEntry(code);
  const known = entry ?? (message.opted_out === true ? optedOut : uncatalogued(code));
  return {
    code,
    name: entry?.name ?? null,
    message: wordsOf(message) ?? entry?.meaning ?? null,
    class: known.class,
    resendable: known.resendable,
    hint: known.hint,
  };
}

/** Sendblue's own sentence about an error; which of the three fields holds it differs between replies. */
export function wordsOf(message: Message): string | null {
  return message.error_message ?? message.error_detail ?? message.error_reason;
}

type Known = Pick<Reason, 'class' | 'resendable' | 'hint'>;

const optedOut: Known = {
  class: 'opted-out',
  resendable: false,
  hint: 'the recipient has opted out; do not send again before they opt in',
};

function uncatalogued(code: string | null): Known {
  const hint =
    code === null
      ? 'Sendblue gave no error code; ask its support with the message handle'
      : 'Sendblue does not document this code; ask its support with the message handle';
  return { class: 'unknown', resendable: null, hint };
}
