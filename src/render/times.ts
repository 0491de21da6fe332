import type { View } from './renderer.ts';

type ZoneView = Pick<View, 'utc' | 'now'>;

/** A time for people: `2026-03-11 20:51 +01:00 (3 min ago)`, in the machine's zone or in UTC. */
export function timeText(iso: string, clock: ZoneView): string {
  const age = ageText(iso, clock);
  return age === '' ? iso : `${dateText(iso, clock)} (${age})`;
}

/** The same without the age. A text that is no time stays as it is. */
export function dateText(iso: string, clock: ZoneView): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  return clock.utc ? `${minuteOf(at)} UTC` : formatInZone(at, -new Date(at).getTimezoneOffset());
}

/** The same in less room: `20:51 (3 min ago)`, with month and day where it was not today. */
export function clockText(iso: string, clock: ZoneView): string {
  const age = ageText(iso, clock);
  const [at, today] = [momentText(iso, clock), momentText(new Date(clock.now).toISOString(), clock)];
  return age === '' ? iso : `${at.slice(at.slice(0, 10) === today.slice(0, 10) ? 11 : 5, 16)} (${age})`;
}

/** The same in the least room: `20:51 3 min`, and without the age where it was not today. */
export function briefText(iso: string, clock: ZoneView): string {
  const [time = '', age = ''] = clockText(iso, clock).split(/ \(|\)/);
  return time.length > 5 ? time : `${time} ${age.replace(/ ago$/, '')}`.trim();
}

/** The zone of times for people: `UTC`, `+01:00`. */
export function zoneText({ utc, now }: ZoneView): string {
  return utc ? 'UTC' : formatInZone(now, -new Date(now).getTimezoneOffset()).slice(17);
}

/** A step of a timeline, where seconds count; the zone is said once beside it. */
export function momentText(iso: string, { utc }: ZoneView): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const shift = utc ? 0 : -new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at + shift).toISOString().slice(0, 19).replace('T', ' ');
}

/** Epoch milliseconds in a zone that is `offset` minutes east of Greenwich. */
export function formatInZone(at: number, offset: number): string {
  const size = Math.abs(offset);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  const minutes = String(size % 60).padStart(2, '0');
  return `${minuteOf(at + offset * 60_000)} ${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

function minuteOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/** Each unit is used up to where the next one reads better; seconds. */
const units = [
  { name: 's', seconds: 1, below: 60 },
  { name: 'min', seconds: 60, below: 3600 },
  { name: 'h', seconds: 3600, below: 48 * 3600 },
  { name: 'days', seconds: 86_400, below: Number.POSITIVE_INFINITY },
] as const;

/** `3 min ago`, `in 2 h`, `just now`; empty for a text that is no time. */
export function ageText(iso: string, { now }: ZoneView): string {
  const seconds = Math.trunc((now - Date.parse(iso)) / 1000);
  const size = Math.abs(seconds);
  const unit = units.find(({ below }) => size < below);
  if (unit === undefined) return '';
  if (size === 0) return 'just now';
  const amount = `${Math.floor(size / unit.seconds)} ${unit.name}`;
  return seconds < 0 ? `in ${amount}` : `${amount} ago`;
}
