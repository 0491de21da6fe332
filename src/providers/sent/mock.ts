import type { MockLimit, MockProvider, MockReply, MockRequest } from '../../core/mock.ts';
import {
  bodyOf,
  errorBody,
  invalidId,
  notFound,
  referenceBody,
  referenceId,
  stageOf,
  unexpected,
  wordIds,
} from './mock-messages.ts';

const apiKey = 'mock-sent-api-key';
const profileId = '5f0c1a2e-6d1b-4c55-9a57-2f8f1f1f0001';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Sent's documented route. More routes of a message share `refuse` and `fail`. */
export const mock: MockProvider = {
  settings: { apiKey },
  urlSettings: ['baseUrl'],
  routes: [
    { method: 'GET', path: '/v3/messages/:id', answer: answerMessage, refuse, fail },
    { method: 'GET', path: '/v3/messages/:id/activities', aside: true, answer: answerActivities, refuse, fail },
    { method: 'GET', path: '/v3/me', answer: () => reply(200, me), refuse, fail },
  ],
  ids: [
    { id: referenceId, operation: 'get', means: 'the body of the reference page: delivered over SMS' },
    ...wordIds,
    { id: 'denied', operation: 'get', means: 'HTTP 200 with success: false and RESOURCE_003' },
    { id: '00000000-0000-4000-8000-000000000000', operation: 'get', means: '404, as any other UUID' },
    { id: 'not-a-uuid', operation: 'get', means: '400 VALIDATION_001, as any id that is neither a word nor a UUID' },
  ],
};

function answerMessage(request: MockRequest): MockReply {
  const { id, asked, headers } = request;
  const echo: Record<string, string> = {};
  if (headers['x-profile-id'] !== undefined) echo['x-profile-id'] = headers['x-profile-id'];
  if (id.toLowerCase() === referenceId) return reply(200, referenceBody, echo);
  if (/^denied(-|$)/.test(id)) return reply(200, notFound, echo);
  const stage = stageOf(id, asked);
  if (stage !== null) return reply(200, bodyOf(id, stage, request), echo);
  return uuid.test(id) ? reply(404, notFound, echo) : reply(400, invalidId, echo);
}

/** What led to the answer before this one. */
function answerActivities(request: MockRequest): MockReply {
  const { body, ...message } = answerMessage({ ...request, asked: Math.max(0, request.asked - 1) });
  return { ...message, body: activitiesBody(body) };
}

/** The mock's key is an organisation's, so that it may name a profile; any profile but one is not of that organisation. */
function refuse({ headers }: MockRequest): MockReply | null {
  const key = headers['x-api-key'];
  if (key === undefined || key === '') return reply(401, errorBody('AUTH_001', 'API key is missing'));
  if (key !== apiKey) return reply(401, errorBody('AUTH_002', 'API key is invalid'));
  const profile = headers['x-profile-id'];
  if (profile === undefined || profile.toLowerCase() === profileId) return null;
  return uuid.test(profile)
    ? reply(404, notFound)
    : reply(400, errorBody('VALIDATION_003', 'x-profile-id is not a UUID'));
}

const configured = { configured: true, phone_number: '+12025550100' };
const created_at = '2026-01-05T09:00:00.1755+00:00';

/** The account of the key: an organisation with one profile. */
const me = {
  success: true,
  data: {
    id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    type: 'organization',
    name: 'Mock organization',
    email: 'account@example.com',
    icon: null,
    description: null,
    created_at,
    channels: {
      sms: configured,
      whatsapp: { ...configured, business_name: 'Mock organization' },
      rcs: { configured: false, phone_number: null },
    },
    profiles: [{ id: profileId, name: 'Mock profile', short_name: 'mock', description: null, role: null, created_at }],
  },
  error: null,
  meta: { request_id: 'req_mock', timestamp: created_at, version: 'v3' },
};

const failures: Readonly<Record<number, unknown>> = {
  400: invalidId,
  404: notFound,
  409: errorBody('CONFLICT_001', 'A request with this key is being processed'),
  422: errorBody('VALIDATION_001', 'The request is invalid'),
  429: errorBody('BUSINESS_002', 'Rate limit exceeded'),
  500: unexpected,
  502: errorBody('INTERNAL_003', 'An upstream service failed'),
  503: errorBody('INTERNAL_005', 'The service is unavailable'),
  504: errorBody('INTERNAL_004', 'An upstream service timed out'),
};

/** 401 and 403 have no body on the reference page; nor have the statuses that Sent does not document. */
function fail(status: number, limit?: MockLimit): MockReply {
  return reply(status, failures[status], limit === undefined ? {} : limitHeaders(limit));
}

function limitHeaders({ count, resetAt }: MockLimit): Readonly<Record<string, string>> {
  const reset = String(Math.ceil(resetAt / 1000));
  return { 'x-ratelimit-limit': String(count), 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
}

function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): MockReply {
  return { status, headers: { 'x-api-version': 'v3', 'x-request-id': 'req_mock', ...headers }, body };
}

interface Event {
  readonly status: string;
  readonly description: string | null;
}

interface Body {
  readonly data: {
    readonly id: string;
    readonly price: number | null;
    readonly active_contact_price: number | null;
    readonly scheduled_at?: string;
    readonly events: readonly Event[];
  } | null;
}

/** The activities that belong to the body of a message: the newest first, with prices as text. Errors stay as they are. */
function activitiesBody(body: unknown): unknown {
  const { data, ...envelope } = body as Body;
  if (data === null) return body;
  const activities = steps(data.events).map((event) => ({
    ...event,
    description: event.description ?? `Message updated to ${event.status}`,
    from: '+12025550100',
    price: data.price?.toFixed(4) ?? null,
    active_contact_price: data.active_contact_price?.toFixed(4) ?? null,
    ...(event.status === 'SCHEDULED' ? { scheduled_at: data.scheduled_at } : {}),
  }));
  return { ...envelope, data: { message_id: data.id, activities: activities.reverse(), pagination: null } };
}

/** Activities name a step that events leave out. */
function steps(events: readonly Event[]): readonly Event[] {
  const [first, ...others] = events;
  const isWhole = events.some(({ status }) => status === 'PROCESSED');
  if (first === undefined || others.length === 0 || isWhole) return events;
  return [first, { ...first, status: 'PROCESSED', description: null }, ...others];
}
