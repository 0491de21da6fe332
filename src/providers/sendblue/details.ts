import type { MessageStatus, PrivateDetails } from '../../core/provider.ts';
import type { Message } from './wire.ts';

export const privateDetails: PrivateDetails = {
  values: [
    'content',
    'mediaUrl',
    'number',
    'sendblueNumber',
    'recipients',
    'groupDisplayName',
    'participants',
    'accountEmail',
    'seatId',
    'senderEmail',
    'replyTo',
    'threadOriginator',
    'appCard',
    'location',
  ],
  sentences: ['errorMessage', 'errorReason', 'errorDetail'],
};

/** What Sendblue knows beyond the common fields. `appCard` and `location` are given on as they come. */
export function detailsOf(message: Message, replyStatus: string | null): MessageStatus['details'] {
  return {
    content: message.content,
    mediaUrl: message.media_url,
    messageType: message.message_type,
    sendStyle: message.send_style,
    service: message.service,
    number: message.number,
    sendblueNumber: message.sendblue_number,
    recipients: Array.isArray(message.to_number) ? message.to_number : null,
    groupId: message.group_id,
    groupDisplayName: message.group_display_name,
    participants: message.participants,
    optedOut: message.opted_out,
    plan: message.plan,
    accountEmail: message.accountEmail ?? message.account_email,
    seatId: message.seat_id,
    senderEmail: message.sender_email,
    replyTo: renamed(message.reply_to, { messageHandle: 'message_handle', partIndex: 'part_index' }),
    threadOriginator: renamed(message.thread_originator, { messageHandle: 'message_handle', part: 'part' }),
    appCard: message.app_card,
    location: message.location,
    errorCode: message.error_code,
    errorMessage: message.error_message,
    errorReason: message.error_reason,
    errorDetail: message.error_detail,
    replyStatus,
  };
}

function renamed(
  source: Readonly<Record<string, unknown>> | null,
  names: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> | null {
  if (source === null) return null;
  return Object.fromEntries(Object.entries(names).map(([ours, theirs]) => [ours, source[theirs] ?? null]));
}
