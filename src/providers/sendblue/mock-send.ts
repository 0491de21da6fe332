import type { MockReply, MockRequest, MockRoute } from '../../core/mock.ts';
import { messageBody } from './bodies.ts';

/**
 * POST /api/send-message: sends nothing, and gives a handle that then moves like `moving`, so that a script which
 * sends and waits can be tried whole.
 */
export function sendRoute({ refuse, fail }: Pick<MockRoute, 'refuse' | 'fail'>): MockRoute {
  return { method: 'POST', path: '/api/send-message', answer: (request) => answer(request) ?? fail(400), refuse, fail };
}

function answer({ body, now }: MockRequest): MockReply | null {
  const wanted = fieldsOf(body);
  const [content, number, from] = ['content', 'number', 'from_number'].map((name) => wanted[name]);
  if (!isFilled(content) || !isFilled(number) || !isFilled(from)) return null;
  const message = messageBody(`moving-${crypto.randomUUID()}`, { status: 'QUEUED' }, now);
  return { status: 200, body: { ...message, content, number, to_number: number, from_number: from } };
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === 'object' && fields !== null ? { ...fields } : {};
  } catch {
    return {};
  }
}
