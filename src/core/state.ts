/** Where a message is, in one vocabulary for every provider. `unknown`: a word that no table holds, never guessed. */
export const states = [
  'scheduled',
  'queued',
  'sent',
  'delivered',
  'read',
  'received',
  'failed',
  'canceled',
  'unknown',
] as const;
export type State = (typeof states)[number];

/** What a script cares about. */
export const outcomes = ['pending', 'success', 'failure', 'unknown'] as const;
export type Outcome = (typeof outcomes)[number];

/** A state with what follows from it. `terminal`: waiting longer cannot change the outcome. */
export interface Status {
  readonly state: State;
  readonly outcome: Outcome;
  readonly terminal: boolean;
}

/** What each state means where the provider has no better knowledge; only `sent` has exceptions (`finalSent`). */
export const statuses: Readonly<Record<State, Status>> = {
  scheduled: { state: 'scheduled', outcome: 'pending', terminal: false },
  queued: { state: 'queued', outcome: 'pending', terminal: false },
  sent: { state: 'sent', outcome: 'pending', terminal: false },
  delivered: { state: 'delivered', outcome: 'success', terminal: true },
  read: { state: 'read', outcome: 'success', terminal: true },
  received: { state: 'received', outcome: 'success', terminal: true },
  failed: { state: 'failed', outcome: 'failure', terminal: true },
  canceled: { state: 'canceled', outcome: 'failure', terminal: true },
  unknown: { state: 'unknown', outcome: 'unknown', terminal: false },
};

/** `sent` on a route that can never report anything better. */
export const finalSent: Status = { state: 'sent', outcome: 'success', terminal: true };
