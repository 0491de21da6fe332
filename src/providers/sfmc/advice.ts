import type { CodeEntry } from '../../core/provider.ts';

/** What many codes share: their class, whether sending again may help, and what to do next. */
export type Advice = Pick<CodeEntry, 'class' | 'resendable' | 'hint'>;

/** One entry of a catalogue. */
export function entry(code: number, name: string | null, advice: Advice, meaning: string): CodeEntry {
  return { code: String(code), name, class: advice.class, meaning, resendable: advice.resendable, hint: advice.hint };
}

export const advice = {
  optedOut: {
    class: 'opted-out',
    resendable: false,
    hint: 'do not send again; the recipient must opt in first',
  },
  held: {
    class: 'unreachable',
    resendable: false,
    hint: 'correct the contact’s address and take the contact off hold before sending again',
  },
  email: {
    class: 'invalid-recipient',
    resendable: false,
    hint: 'correct the email address in the contact or the send request',
  },
  phone: {
    class: 'invalid-recipient',
    resendable: false,
    hint: 'correct the mobile number: digits with the country code, of a line that takes SMS',
  },
  contact: {
    class: 'invalid-recipient',
    resendable: false,
    hint: 'send to a contact key that exists in this business unit and matches its contact record',
  },
  attribute: {
    class: 'content',
    resendable: false,
    hint: 'correct the attributes of the send request: names, number, types and lengths as the definition has them',
  },
  row: {
    class: 'content',
    resendable: false,
    hint: 'compare the attributes sent with the fields of the send definition’s data extension',
  },
  crm: {
    class: 'content',
    resendable: false,
    hint: 'check that the Salesforce CRM record exists and that Marketing Cloud Connect can read it',
  },
  size: { class: 'content', resendable: false, hint: 'make the message or its links shorter, then send again' },
  template: {
    class: 'template',
    resendable: false,
    hint: 'correct the message or its AMPscript in Content Builder, publish it, then send again',
  },
  account: {
    class: 'account',
    resendable: false,
    hint: 'check the business unit’s settings in Setup, or ask Salesforce support',
  },
  excluded: {
    class: 'account',
    resendable: false,
    hint: 'look at the account’s exclusion and suppression rules; this recipient falls under one',
  },
  blackout: {
    class: 'account',
    resendable: false,
    hint: 'do not send again; the provider sends it when the blackout window ends',
  },
  volume: { class: 'rate', resendable: true, hint: 'send again later, or have the account’s limit raised' },
  sender: { class: 'sender', resendable: false, hint: 'verify the sender in Setup, then send again' },
  duplicate: {
    class: 'duplicate',
    resendable: false,
    hint: 'do not send again; look up the other send of this message',
  },
  cleared: {
    class: 'account',
    resendable: true,
    hint: 'someone cleared the queue; send again if the message is still wanted',
  },
  expired: { class: 'expired', resendable: true, hint: 'send again if the message is still wanted' },
  platform: {
    class: 'provider',
    resendable: true,
    hint: 'send again; if it stays so, give Salesforce support the composite id',
  },
} as const satisfies Record<string, Advice>;
