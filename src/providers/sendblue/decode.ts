import { Fault } from '../../core/fault.ts';
import type { Decode } from '../../core/provider.ts';
import { readMessage, withServiceWarning } from './api.ts';
import { messageOf, unwrap } from './wire.ts';
/**
 * A `status_callback` or an account webhook about a message: the message object of the look-up, flat or in `data`.
 * Other webhooks (typing, calls, lines, contacts) have no status and handle, and are a `wrong-shape` fault.
 */
export const decode: Decode = (event) => {
  const message = messageOf(unwrap(event).message);
  if (message.message_handle === null) {
    throw new Fault('wrong-shape', { message: 'the event names no message_handle' });
  }
  return { id: message.message_handle, finding: withServiceWarning(readMessage(message, null)) };
};
