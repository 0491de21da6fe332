/** The bodies of the reference page of March 2026, as they stand there. */

export const referenceId = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';

export const referenceBody = {
  success: true,
  data: {
    id: referenceId,
    customer_id: '550e8400-e29b-41d4-a716-446655440000',
    contact_id: '550e8400-e29b-41d4-a716-446655440002',
    phone: '+14155551234',
    phone_international: '+1 415-555-1234',
    region_code: 'US',
    template_id: '7ba7b820-9dad-11d1-80b4-00c04fd430c8',
    template_name: 'Welcome Message',
    template_category: 'UTILITY',
    channel: 'sms',
    message_body: {
      header: null,
      content: "Welcome to our service, John! We're excited to have you.",
      footer: null,
      buttons: null,
    },
    status: 'delivered',
    created_at: '2026-03-11T19:50:50.175326+00:00',
    price: 0.0055,
    active_contact_price: 0.015,
    events: [
      {
        status: 'queued',
        timestamp: '2026-03-11T19:50:50.1755079+00:00',
        description: 'Message queued for sending',
      },
      { status: 'sent', timestamp: '2026-03-11T19:50:55.1755777+00:00', description: 'Message sent via SMS' },
      {
        status: 'delivered',
        timestamp: '2026-03-11T19:51:00.1755819+00:00',
        description: 'Message delivered to recipient',
      },
    ],
  },
  error: null,
  meta: { request_id: 'req_7X9zKp2jDw', timestamp: '2026-03-11T21:50:50.1756261+00:00', version: 'v3' },
};

export const invalidId = errorBody('VALIDATION_001', 'Invalid message ID format.', '2026-03-11T21:50:50.1756294+00:00');
export const notFound = errorBody('RESOURCE_003', 'Message not found', '2026-03-11T21:50:50.1756299+00:00');
export const unexpected = errorBody(
  'INTERNAL_001',
  'An unexpected error occurred while retrieving the message.',
  '2026-03-11T21:50:50.1756304+00:00',
);

/** An error in the envelope of the reference page. */
export function errorBody(code: string, message: string, timestamp = '2026-03-11T21:50:50.1756304+00:00') {
  return {
    success: false,
    data: null,
    error: { code, message, details: null, doc_url: `https://docs.sent.dm/errors/${code}` },
    meta: { request_id: 'req_7X9zKp2jDw', timestamp, version: 'v3' },
  };
}
