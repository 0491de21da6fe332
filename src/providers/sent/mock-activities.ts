interface Event {
  readonly status: string;
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
export function activitiesBody(body: unknown): unknown {
  const { data, ...envelope } = body as Body;
  if (data === null) return body;
  const activities = steps(data.events).map((event) => ({
    ...event,
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
  return first === undefined || others.length === 0 ? events : [first, { ...first, status: 'PROCESSED' }, ...others];
}
