import type { PrivateDetails } from '../../core/provider.ts';
import { utc } from '../../core/time.ts';
import type { Envelope, Message, MessageBody, Step } from './wire.ts';

/** `metadata` is whatever the sender attached. */
export const privateDetails: PrivateDetails = {
  values: ['messageBody', 'phoneInternational', 'contactId', 'metadata', 'activities.from'],
  sentences: ['eventReasons.message', 'activities.message'],
};

/** What Sent tells beyond the common fields. Prices are numbers in the account's currency. */
export function detailsOf(message: Message, { meta }: Envelope): Readonly<Record<string, unknown>> {
  return {
    providerChannel: message.channel,
    customerId: message.customer_id,
    contactId: message.contact_id,
    phoneInternational: message.phone_international,
    regionCode: message.region_code,
    templateId: message.template_id,
    templateName: message.template_name,
    templateCategory: message.template_category,
    messageBody: message.message_body === null ? null : bodyOf(message.message_body),
    price: message.price,
    activeContactPrice: message.active_contact_price,
    scheduledAt: utc(message.scheduled_at),
    metadata: message.metadata,
    eventReasons: eventReasons(message.events ?? []),
    /** Another request tells them: `--activities`. */
    activities: null,
    answeredAt: utc(meta?.timestamp),
    apiVersion: meta?.version ?? null,
    responseTimeMs: meta?.response_time_ms ?? null,
  };
}

function bodyOf(body: MessageBody): Readonly<Record<string, unknown>> {
  const present = <Entry>(list: readonly (Entry | null)[] | null) => list?.filter((entry) => entry !== null) ?? null;
  return { ...body, buttons: present(body.buttons), media: present(body.media) };
}

/** Reasons that belong to a step of the timeline, which has no place for them. */
function eventReasons(steps: readonly (Step | null)[]): readonly unknown[] {
  return steps.flatMap((step) => {
    if (step === null || (step.reason_code === null && step.reason === null)) return [];
    return { at: utc(step.timestamp), providerState: step.status, code: step.reason_code, message: step.reason };
  });
}
