import { describe, expect, it } from 'vitest';
import { apiCodes, carrierCodes, replyCodes, sendCodes, tokenCodes } from '../../../src/providers/sfmc/codes.ts';
import { sfmc } from '../../../src/providers/sfmc/index.ts';

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

const wantedSend = [...range(1, 43), '47', ...range(100, 141), '1000', '1010', '1020', '1030', '1040'];
const wantedCarrier =
  '1000 1500 1501 2000 2500 2501 2502 2600 2601 3000 3001 3002 3400 4000 4500 4501 4502 4503 4504 4505'.split(' ');
const wantedApi = [
  ...['0', ...range(10000, 10006), ...range(20000, 20002), ...range(30000, 30004), ...range(40000, 40004)],
  ...['50100', '50200', '50300', '109001', ...range(109101, 109116), ...range(109120, 109125)],
];

const wantedToken =
  'invalid_client unauthorized_client invalid_request invalid_grant unsupported_grant_type invalid_scope'.split(' ');

describe('the catalogues', () => {
  it.each([
    ['send', sendCodes, wantedSend],
    ['carrier', carrierCodes, wantedCarrier],
    ['API', apiCodes, wantedApi],
    ['token', tokenCodes, wantedToken],
  ] as const)('%s: every code once, each with words of its own', (_, catalogue, wanted) => {
    expect(catalogue.map(({ code }) => code)).toEqual(wanted);
    for (const { code, meaning, hint } of catalogue) {
      expect(meaning, code).toMatch(/^(\S.*[^.\s])$/);
      expect(hint, code).toMatch(/^(\S.*[^.\s])$/);
    }
  });

  it('explains the codes of sends and of the API, and keeps the carriers’ apart', () => {
    expect(sfmc.codes).toEqual([...sendCodes, ...apiCodes]);
    expect(sfmc.eventCodes).toEqual([...carrierCodes, ...replyCodes, ...tokenCodes]);
    expect(new Set(sfmc.codes.map(({ code }) => code)).size).toBe(sfmc.codes.length);
  });

  it.each([
    ['1', 'Unsubscribed', 'opted-out', false],
    ['6', 'DuplicateEmail', 'duplicate', false],
    ['16', 'InvalidAttributeValue', 'content', false],
    ['25', 'SubscriberBlackedOut', 'account', false],
    ['43', 'SubscriberRequestExpired', 'expired', true],
    ['103', 'MessageBuildError', 'template', false],
    ['126', 'MessageVolumeLimitExceeded', 'rate', true],
    ['129', 'PhoneNumberValidationFailed', 'invalid-recipient', false],
    ['140', 'UnverifiedFromEmailAddress', 'sender', false],
    ['1000', 'UnsubscribedList', 'opted-out', false],
    ['1030', 'Held', 'unreachable', false],
  ])('send code %s is %s', (code, name, reasonClass, resendable) => {
    expect(sendCodes.find((each) => each.code === code)).toMatchObject({ name, class: reasonClass, resendable });
  });

  it.each([
    ['1000', 'QueuedToSfmcSendService', 'unknown', false],
    ['1500', 'QueueFailureToSfmcSendService', 'provider', true],
    ['1501', 'ValidationError', 'provider', true],
    ['2000', 'DeliveredToAggregator', 'unknown', false],
    ['2500', 'FailedToAggregator', 'provider', true],
    ['2501', 'UnknownToAggregator', 'provider', null],
    ['2502', 'FailedToAggregatorDueToInvalidDestinationAddress', 'invalid-recipient', false],
    ['2600', 'ThrottledToAggregator', 'provider', true],
    ['2601', 'SocketExceptionToAggregator', 'provider', true],
    ['3000', 'Enroute', 'unknown', false],
    ['3001', 'SentToCarrier', 'unknown', false],
    ['3002', 'AcceptedByCarrier', 'unknown', false],
    ['3400', 'Unknown', 'provider', null],
    ['4000', 'Delivered', 'unknown', false],
    ['4500', 'Undeliverable', 'unreachable', true],
    ['4501', 'Expired', 'expired', true],
    ['4502', 'Deleted', 'provider', false],
    ['4503', 'Rejected', 'provider', false],
    ['4504', 'FailedDueToUnknownSubscriber', 'invalid-recipient', false],
    ['4505', 'FailedDueToInvalidDestinationAddress', 'invalid-recipient', false],
  ])('carrier code %s is %s, %s', (code, name, reasonClass, resendable) => {
    expect(carrierCodes.find((each) => each.code === code)).toMatchObject({ name, class: reasonClass, resendable });
  });

  it.each(['2500', '2501', '2600', '2601', '3400'])('carrier code %s is final: nothing to wait for', (code) => {
    const hint = carrierCodes.find((each) => each.code === code)?.hint;
    expect(hint).toContain('no event follows');
    expect(hint).not.toMatch(/wait/);
  });

  it.each(['42', '135'])('send code %s is a restriction, no opt-out', (code) => {
    const entry = sendCodes.find((each) => each.code === code);
    expect(entry).toMatchObject({ name: 'RestrictedForProcessing', class: 'account', resendable: false });
    expect(entry?.hint).toMatch(/^not an opt-out/);
  });

  it('names the codes of the API with and without the prefix and the family', () => {
    const entry = apiCodes.find(({ code }) => code === '109110');
    expect(entry?.name).toBe('MCMS_UTM_Validation_DuplicateMessageKey');
    expect(entry?.aliases).toEqual([
      'Validation_DuplicateMessageKey',
      'DuplicateMessageKey',
      'MCMS_UTM_DuplicateMessageKey',
    ]);
  });
});
