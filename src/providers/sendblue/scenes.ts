/** What the mock server's ids play: the fields in which a message differs from an ordinary delivered iMessage. */
export type Scene = Readonly<Record<string, unknown>> & { readonly status: string };

interface Play {
  readonly means: string;
  /** `asked`: how often the id was asked before, from 0. */
  scene(asked: number): Scene;
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
export function sceneOf(id: string, asked: number): Scene | null {
  const word = after('status-', id);
  if (word !== null) return { status: word };
  const code = after('code-', id);
  if (code !== null) return { status: 'ERROR', error_code: numeric(code), error_message: `Error ${code}` };
  const name = Object.keys(plays).find((key) => isNamed(id, key));
  return name === undefined ? null : (plays[name]?.scene(asked) ?? null);
}

export function isNamed(id: string, name: string): boolean {
  return id === name || id.startsWith(`${name}-`);
}

function after(prefix: string, id: string): string | null {
  return id.startsWith(prefix) && id.length > prefix.length ? id.slice(prefix.length) : null;
}

function numeric(code: string): number | string {
  return /^\d{1,9}$/.test(code) ? Number(code) : code;
}
