/** The id of the reference pages, where two endpoints show two different messages. */
export const documentedId = 'msg_abc123def456';

const line = '+15550100100';
const contact = '+15550100142';

export type MockBody = Readonly<Record<string, unknown>>;

/** A reply of `/api/status`: fewer fields than the retrieve endpoint, and no service. */
export function statusOf(message: MockBody): MockBody {
  const id = String(message['message_handle']);
  if (id === documentedId) return documentedStatus;
  if (isNamed(id, 'bare')) return { status: message['status'] };
  return {
    account_email: message['accountEmail'],
    ...(message['app_card'] === undefined ? {} : { app_card: message['app_card'] }),
    content: message['content'],
    date_created: message['date_created'],
    date_updated: message['date_updated'],
    error_code: message['error_code'] ?? 0,
    error_message: message['error_message'],
    from_number: message['from_number'],
    is_outbound: message['is_outbound'],
    media_url: message['media_url'],
    message_handle: message['message_handle'],
    message_type: message['message_type'],
    number: message['number'],
    ...(message['reply_to'] === undefined ? {} : { reply_to: message['reply_to'] }),
    seat_id: message['seat_id'],
    send_style: message['send_style'],
    sender_email: message['sender_email'],
    status: message['status'],
  };
}

/** The message object that all routes share a part of. `created`: epoch milliseconds. */
export function messageBody(id: string, scene: MockMessage, created: number): MockBody {
  if (id === documentedId) return documentedMessage;
  const inbound = scene['is_outbound'] === false;
  return {
    accountEmail: 'account@example.com',
    content: inbound ? 'See you at noon' : 'Your table is booked for noon',
    date_created: new Date(created).toISOString(),
    date_sent: new Date(created + 1_250).toISOString(),
    date_updated: new Date(created + 3_480).toISOString(),
    error_code: null,
    error_detail: null,
    error_message: null,
    error_reason: null,
    from_number: inbound ? contact : line,
    group_display_name: null,
    group_id: '',
    is_outbound: true,
    media_url: '',
    message_handle: id,
    message_type: 'message',
    number: contact,
    opted_out: false,
    participants: [],
    plan: 'dedicated',
    seat_id: null,
    send_style: inbound ? '' : 'celebration',
    sendblue_number: line,
    sender_email: null,
    service: 'iMessage',
    to_number: inbound ? line : contact,
    was_downgraded: false,
    ...scene,
  };
}

const documentedStatus = {
  account_email: '[email protected]',
  content: 'Hello, World!',
  date_created: '2023-10-01T12:00:00Z',
  date_updated: '2023-10-01T12:00:01Z',
  error_code: 0,
  error_message: 'error_message',
  from_number: '+19998887777',
  is_outbound: true,
  media_url: 'https://cdn.sendblue.co/media/abc123.jpg',
  message_handle: documentedId,
  number: '+18887776666',
  send_style: 'celebration',
  status: 'QUEUED',
};

const documentedMessage = {
  accountEmail: '[email protected]',
  content: 'Hello, World!',
  date_sent: '2024-01-01T12:00:00Z',
  date_updated: '2024-01-01T12:00:01Z',
  error_code: null,
  error_detail: null,
  error_message: null,
  error_reason: null,
  from_number: '+19998887777',
  group_display_name: null,
  group_id: null,
  is_outbound: true,
  media_url: null,
  message_handle: documentedId,
  message_type: 'message',
  number: '+18887776666',
  opted_out: false,
  participants: ['string'],
  plan: 'premium',
  send_style: 'celebration',
  sendblue_number: '+19998887777',
  service: 'iMessage',
  status: 'SENT',
  to_number: '+18887776666',
  was_downgraded: false,
};

/** What the mock server's ids play: the fields in which a message differs from an ordinary delivered iMessage. */
export type MockMessage = Readonly<Record<string, unknown>> & { readonly status: string };

interface Play {
  readonly means: string;
  /** `asked`: how often the id was asked before, from 0. */
  scene(asked: number): MockMessage;
}

const sms = { service: 'SMS', send_style: '' };
const failure = {
  status: 'ERROR',
  error_code: 10001,
  error_message: 'Message failed to send',
  error_reason: 'carrier_rejected',
  error_detail: 'The carrier did not take the message',
};

/** Every name also answers with `-<anything>` behind it, as an id of its own. */
export const plays: Readonly<Record<string, Play>> = {
  registered: { means: 'REGISTERED: known, not yet worked on', scene: () => ({ status: 'REGISTERED' }) },
  queued: { means: 'QUEUED: accepted, not yet handed on', scene: () => ({ status: 'QUEUED' }) },
  sent: { means: 'SENT over iMessage: may still be delivered', scene: () => ({ status: 'SENT' }) },
  delivered: { means: 'DELIVERED over iMessage', scene: () => ({ status: 'DELIVERED' }) },
  read: { means: 'READ by the recipient', scene: () => ({ status: 'READ' }) },
  received: {
    means: 'RECEIVED: an inbound message',
    scene: () => ({ status: 'RECEIVED', is_outbound: false, send_style: '' }),
  },
  failed: { means: 'ERROR with code 10001', scene: () => failure },
  declined: { means: 'DECLINED without a code', scene: () => ({ status: 'DECLINED' }) },
  'opted-out': {
    means: 'DECLINED, the recipient has opted out',
    scene: () => ({ status: 'DECLINED', opted_out: true, error_message: 'The recipient has opted out' }),
  },
  unknown: { means: 'a word that no table holds', scene: () => ({ status: 'TELEPORTED' }) },
  unresolved: {
    means: 'code 10002: Sendblue lost track of it',
    scene: () => ({ status: 'PENDING', error_code: 10002, error_message: 'Failed to resolve message status' }),
  },
  sms: { means: 'SENT over SMS, which is final', scene: () => ({ ...sms, status: 'SENT', was_downgraded: null }) },
  downgraded: {
    means: 'SENT as SMS after a downgrade from iMessage, which is final',
    scene: () => ({ ...sms, status: 'SENT', was_downgraded: true }),
  },
  rcs: { means: 'DELIVERED over RCS', scene: () => ({ status: 'DELIVERED', service: 'RCS', send_style: '' }) },
  group: {
    means: 'SENT to a group',
    scene: () => ({
      status: 'SENT',
      message_type: 'group',
      group_id: '6b1d7c1e-3f53-4f0e-9d0e-0f2b7c8f4a11',
      group_display_name: 'Saturday crew',
      participants: ['+15550100100', '+15550100142', '+15550100143'],
    }),
  },
  bare: {
    means: 'PENDING; the status endpoint answers with nothing but the word',
    scene: () => ({ status: 'PENDING' }),
  },
  moving: {
    means: 'moves as it is asked: twice QUEUED, twice SENT, then DELIVERED',
    scene: (asked) => ({ status: asked < 2 ? 'QUEUED' : asked < 4 ? 'SENT' : 'DELIVERED' }),
  },
  failing: {
    means: 'twice QUEUED, then ERROR with code 10001',
    scene: (asked) => (asked < 2 ? { status: 'QUEUED' } : failure),
  },
};

/** The scene of an id, or null for an id that the mock does not know. */
export function sceneOf(id: string, asked: number): MockMessage | null {
  if (id === documentedId) return { status: documentedMessage.status };
  const word = after('status-', id);
  if (word !== null) return { status: word };
  const code = after('code-', id);
  if (code !== null) return { status: 'ERROR', error_code: numeric(code), error_message: `Error ${code}` };
  const name = Object.keys(plays).find((key) => isNamed(id, key));
  return name === undefined ? null : (plays[name]?.scene(asked) ?? null);
}

function isNamed(id: string, name: string): boolean {
  return id === name || id.startsWith(`${name}-`);
}

function after(prefix: string, id: string): string | null {
  return id.startsWith(prefix) && id.length > prefix.length ? id.slice(prefix.length) : null;
}

function numeric(code: string): number | string {
  return /^\d{1,9}$/.test(code) ? Number(code) : code;
}
