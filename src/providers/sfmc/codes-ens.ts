import type { CodeEntry } from '../../core/provider.ts';
import { type Advice, advice, entry } from './advice.ts';

const progress: Advice = { class: 'unknown', resendable: null, hint: 'wait for the next event of this message' };
const delivered: Advice = { class: 'unknown', resendable: false, hint: 'nothing to do; the message has arrived' };
const passing: Advice = {
  class: 'provider',
  resendable: true,
  hint: 'wait for the next event of this message; send again if it ends undelivered',
};
const unreachable: Advice = {
  class: 'unreachable',
  resendable: true,
  hint: 'send again later, or reach the recipient another way',
};
const rejected: Advice = {
  class: 'provider',
  resendable: false,
  hint: 'check content and sender against the carrier’s rules for this country, or ask Salesforce support',
};

/**
 * Carrier codes of SmsTransient, SmsDelivered and SmsBounced events. They arrive in any order and the highest wins.
 * 1000 is "queued" here and "unsubscribed" in the catalogue of sends.
 */
export const carrierCodes: readonly CodeEntry[] = [
  entry(1000, null, progress, 'the message is queued'),
  entry(1500, null, advice.platform, 'the message could not be queued'),
  entry(1501, null, advice.attribute, 'the message did not pass the provider’s checks'),
  entry(2000, null, progress, 'the aggregator has the message; on shared codes nothing further is reported'),
  entry(2500, null, advice.platform, 'the aggregator could not take the message'),
  entry(2501, null, passing, 'the aggregator does not say what became of the message'),
  entry(2502, null, advice.phone, 'the aggregator does not accept the number'),
  entry(2600, null, passing, 'the aggregator slows the account’s messages down'),
  entry(2601, null, passing, 'the connection to the aggregator broke'),
  entry(3000, null, progress, 'the message is on its way'),
  entry(3001, null, progress, 'the message was sent to the carrier'),
  entry(3002, null, progress, 'the carrier accepted the message'),
  entry(3400, null, passing, 'the carrier does not say what became of the message'),
  entry(4000, null, delivered, 'the message was delivered to the device'),
  entry(4500, null, unreachable, 'the carrier could not deliver the message'),
  entry(4501, null, advice.expired, 'the message expired before the device could be reached'),
  entry(4502, null, rejected, 'the carrier deleted the message'),
  entry(4503, null, rejected, 'the carrier rejected the message'),
  entry(4504, null, advice.phone, 'the carrier does not know the subscriber'),
  entry(4505, null, advice.phone, 'the carrier does not accept the number'),
];
