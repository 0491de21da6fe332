import { Fault } from '../../core/fault.ts';
import type { Decode } from '../../core/provider.ts';
import { readMessage, withServiceWarning } from './api.ts';
import { refuseError } from './errors.ts';
import { messageOf, unwrap } from './wire.ts';

/**
 * A `status_callback` or an account webhook about a message: the message object of the look-up, flat or in `data`.
 * Other webhooks (typing, calls, lines, contacts) are a `wrong-shape` fault; a call log has a status and a handle too.
 */
export const decode: Decode = (event) => {
  const { message: body } = unwrap(event);
  for (const part of [event, body]) refuseOthers(part);
  refuseError(event);
  const message = messageOf(body);
  if (message.message_handle === null) {
    throw new Fault('wrong-shape', { message: 'the event names no message_handle' });
  }
  return { id: message.message_handle, finding: withServiceWarning(readMessage(message, null)) };
};

/** By the names of Sendblue's webhooks, in whichever field they come; a call log also by fields that only calls have. */
function refuseOthers(event: unknown): void {
  const fields = Object(event) as Readonly<Record<string, unknown>>;
  const types = ['event_type', 'event', 'webhook_type', 'type', 'message_type'].map((name) => fields[name]);
  const other = types.find((type) => typeof type === 'string' && /^(call|typing|line|contact)([_.]|$)/i.test(type));
  const callField = other === undefined ? Object.keys(fields).find((name) => /^call_/i.test(name)) : undefined;
  if (other === undefined && callField === undefined) return;
  throw new Fault('wrong-shape', { message: `not a message event: ${String(other ?? callField).slice(0, 40)}` });
}
