import type { MockId } from '../../core/mock.ts';
import { codeEntry } from './codes.ts';

/** Where a message of the mock is at one look. */
export interface Stage {
  readonly status: string;
  readonly channel: string;
  readonly code?: string;
}

/** How a message goes on: `asked` counts the looks before this one. */
type Life = (asked: number) => Stage;

interface Known {
  readonly means: string;
  readonly life: Life;
}

const lives: Readonly<Record<string, Known>> = {
  queued: always('QUEUED'),
  accepted: always('ACCEPTED'),
  processed: always('PROCESSED'),
  routed: always('ROUTED'),
  scheduled: always('SCHEDULED'),
  sent: always('SENT'),
  delivered: always('DELIVERED'),
  read: always('READ', 'whatsapp'),
  received: always('RECEIVED'),
  failed: always('FAILED', 'whatsapp', 'DELIVERY_007'),
  canceled: always('CANCELLED'),
  filtered: always('FILTERED', 'auto', 'BUSINESS_004'),
  blocked: always('BLOCKED', 'auto', 'BUSINESS_003'),
  unrouted: always('FAILED', 'auto'),
  mms: always('DELIVERED', 'mms'),
  rcs: always('READ', 'rcs'),
  unknown: always('TELEPORTED'),
  moving: {
    means: 'QUEUED twice, then SENT twice, then DELIVERED',
    life: (asked) => ({ status: ['QUEUED', 'QUEUED', 'SENT', 'SENT'][asked] ?? 'DELIVERED', channel: 'sms' }),
  },
  failing: {
    means: 'QUEUED twice, then FAILED with DELIVERY_007',
    life: (asked) => (asked < 2 ? queued : { status: 'FAILED', channel: 'whatsapp', code: 'DELIVERY_007' }),
  },
  rerouted: {
    means: 'FAILED over WhatsApp once, then SENT over SMS, then DELIVERED: automatic routing under the same id',
    life: (asked) =>
      asked === 0
        ? { status: 'FAILED', channel: 'whatsapp', code: 'DELIVERY_007' }
        : { status: asked === 1 ? 'SENT' : 'DELIVERED', channel: 'sms' },
  },
};

const queued: Stage = { status: 'QUEUED', channel: 'sms' };

/** Where the message of an id is now, or null for an id that is no word of ours. */
export function stageOf(id: string, asked: number): Stage | null {
  const [, kind, rest] = /^(status|code)-(.+)$/s.exec(id) ?? [];
  if (kind === 'status' && rest !== undefined) return { status: rest, channel: 'sms' };
  if (kind === 'code' && rest !== undefined) return { status: statusOf(rest), channel: 'sms', code: rest };
  const name = id.replace(/-.*/s, '');
  return Object.hasOwn(lives, name) ? (lives[name]?.life(asked) ?? null) : null;
}

export const wordIds: readonly MockId[] = [
  ...Object.entries(lives).map(([id, { means }]) => ({ id, operation: 'get', means })),
  { id: 'status-ROUTED', operation: 'get', means: 'status-<WORD>: that word as Sent’s status' },
  { id: 'code-DELIVERY_007', operation: 'get', means: 'code-<CODE>: a failure with that reason_code' },
];

function always(status: string, channel = 'sms', code?: string): Known {
  const stage = { status, channel, ...(code === undefined ? {} : { code }) };
  return {
    means: [status, `over ${channel}`, ...(code === undefined ? [] : [`with ${code}`])].join(' '),
    life: () => stage,
  };
}

/** Which status Sent gives a message that it stopped for this code. */
function statusOf(code: string): string {
  const kind = codeEntry(code)?.class;
  if (kind === 'opted-out') return 'FILTERED';
  return kind === 'account' ? 'BLOCKED' : 'FAILED';
}
