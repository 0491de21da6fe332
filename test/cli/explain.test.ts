import { describe, expect, test } from 'vitest';

import { exits } from '../../src/core/exit.ts';
import { type FaultCode, faults } from '../../src/core/fault.ts';
import { loadProviders, providerIds } from '../../src/providers/index.ts';

import { run } from '../support/run.ts';

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

/** From the providers' pages, by hand. */
const catalogues: Readonly<Record<string, readonly string[]>> = {
  sendblue: '0 22 4000 4001 4002 5000 5003 5509 10001 10002 SMS_LIMIT_REACHED'.split(' '),
  sent: [
    ...'AUTH_001 AUTH_002 AUTH_004 AUTH_005 AUTH_006 AUTH_007'.split(' '),
    ...range(1, 8).map((n) => `VALIDATION_00${n}`),
    ...range(1, 8).map((n) => `RESOURCE_00${n}`),
    ...range(1, 8).map((n) => `BUSINESS_00${n}`),
    ...range(1, 5).map((n) => `INTERNAL_00${n}`),
    ...'BUSINESS_012 BUSINESS_014 LIMIT_001 CONFLICT_001 SERVICE_001 DELIVERY_003 DELIVERY_007'.split(' '),
    ...'WHATSAPP_TEMPLATE_REQUIRED CONVERSATION_TEMPLATE_REQUIRED'.split(' '),
    ...'ERR_CONSENT_BLOCKED ERR_ROUTE_DENIED ERR_TEMPLATE_PARAMS_INVALID'.split(' '),
    ...'131026 131047 131048 131056 132000 132001 133006 133016'.split(' '),
  ],
  sfmc: [
    ...range(1, 43),
    '47',
    ...range(100, 141),
    ...'1000 1010 1020 1030 1040 1500 1501 2000 2500 2501 2502 2600 2601 3000 3001 3002 3400'.split(' '),
    ...'4000 4500 4501 4502 4503 4504 4505'.split(' '),
    ...['0', ...range(10000, 10006), ...range(20000, 20002), ...range(30000, 30004), ...range(40000, 40004)],
    ...['50100', '50200', '50300', '109001', ...range(109101, 109116), ...range(109120, 109125)],
  ],
  exit: '0 1 2 20 21 22 23 24 25 26 30 31 32 40 41 42 43 130 143'.split(' '),
  sbstatus: ['0', '143', 'credentials-missing', 'wrong-id', 'not-found', 'tls-untrusted', 'bad-event'],
};

const others: Readonly<Record<string, string>> = {
  sendblue: '; ask Sendblue’s support about any other',
  sent: '; ask Sent’s support about any other',
  sfmc: '; ask Salesforce Marketing Cloud’s support about any other',
};

const sentence = /^\S.*[^.\s]$/;

describe.each(Object.entries(catalogues))('%s', (whose, codes) => {
  test('every code explains itself', async () => {
    for (const code of codes) {
      const { code: exit, stdout, stderr } = await run(['explain', whose, code, '--json']);
      expect([code, exit, stderr]).toEqual([code, 0, '']);
      const { explanations } = JSON.parse(stdout);
      expect(explanations.length, code).toBeGreaterThan(0);
      for (const { code: named, meaning, hint, class: kind } of explanations) {
        expect(named).toBe(code);
        expect(kind).toMatch(/^[a-z-]+$/);
        expect(meaning, code).toMatch(sentence);
        expect(hint, code).toMatch(sentence);
      }
    }
  });

  test('a code that nobody knows is said to be one, and not guessed at', async () => {
    const { code, stdout, stderr } = await run(['explain', whose, '99999']);
    expect([code, stdout]).toEqual([25, '']);
    expect(stderr).toBe(
      `error: unknown code "99999" of ${whose}; hint: sbstatus explain ${whose} lists the known ones${others[whose] ?? ''}\n`,
    );
    const json = await run(['explain', whose, '99999', '--json']);
    expect([json.code, JSON.parse(json.stdout).explanations]).toEqual([25, []]);
  });

  test('without a code, the whole catalogue', async () => {
    const { code, stdout, stderr } = await run(['explain', whose]);
    const listed = stdout.split('\n').map((line) => line.split('\t')[0]);
    expect([code, stderr, listed[0]]).toEqual([0, '', 'code']);
    expect(listed).toEqual(expect.arrayContaining([...codes]));
  });
});

test('the number is the key: what carriers and senders number alike is told apart', async () => {
  const { stdout } = await run(['explain', 'sfmc', '1000']);
  expect(stdout).toBe(
    [
      'code\tname\twhere\tclass\tmeaning\tretryHelps\tnext',
      '1000\tUnsubscribedList\tsends and look-ups\topted-out\tthe recipient has opted out of the list\tno\tdo not send again; the recipient must opt in first',
      '1000\tQueuedToSfmcSendService\tevents\tunknown\tthe message is queued\tno\tdo not send again: a later event tells how it ends',
      '',
    ].join('\n'),
  );
});

/** From Salesforce's pages, by hand. */
const carrierNames: Readonly<Record<string, string>> = {
  '1500': 'QueueFailureToSfmcSendService',
  '1501': 'ValidationError',
  '2000': 'DeliveredToAggregator',
  '2500': 'FailedToAggregator',
  '2501': 'UnknownToAggregator',
  '2502': 'FailedToAggregatorDueToInvalidDestinationAddress',
  '2600': 'ThrottledToAggregator',
  '2601': 'SocketExceptionToAggregator',
  '3000': 'Enroute',
  '3001': 'SentToCarrier',
  '3002': 'AcceptedByCarrier',
  '3400': 'Unknown',
  '4000': 'Delivered',
  '4500': 'Undeliverable',
  '4501': 'Expired',
  '4503': 'Rejected',
  '4504': 'FailedDueToUnknownSubscriber',
  '4505': 'FailedDueToInvalidDestinationAddress',
  '10000': 'MCMS_UTM_Validation',
  '10002': 'MCMS_UTM_Validation_MissingRequiredField',
  '30003': 'MCMS_UTM_Runtime_ObjectNotFound',
  '40001': 'MCMS_UTM_Authentication_NotAuthenticated',
  '109001': 'MCMS_UTM_ResponsesHasErrors',
  '109106': 'MCMS_UTM_Validation_MissingRequiredField_to',
  '109110': 'MCMS_UTM_DuplicateMessageKey',
  '109116': 'MCMS_UTM_Validation_InvalidValue_resubscribe_true_without_keyword_specified',
  '109124': 'MCMS_UTM_Validation_email_does_not_pass_validation',
};

async function codesNamed(whose: string, name: string): Promise<readonly string[]> {
  const { code, stdout } = await run(['explain', whose, name, '--json']);
  expect([name, code]).toEqual([name, 0]);
  return JSON.parse(stdout).explanations.map((each: { code: string }) => each.code);
}

test.each(Object.entries(carrierNames))(
  'SFMC’s %s is found as %s, in any case, with the prefix and without',
  async (code, name) => {
    for (const spelt of [name, name.toUpperCase(), name.toLowerCase(), name.replace(/^MCMS_UTM_/, ''), ` ${name} `]) {
      expect(await codesNamed('sfmc', spelt)).toEqual([code]);
    }
  },
);

/** As people paste it. */
const spellings = (text: string) => [text, text.toUpperCase(), text.toLowerCase(), ` ${text} `];

const rows = Object.values(await loadProviders()).flatMap(({ id, codes, eventCodes = [] }) =>
  [...codes, ...eventCodes].map((entry) => ({ id, entry })),
);

test.each(rows)(
  '$id $entry.code $entry.name: its row, by number and by every name, in any case',
  async ({ id, entry }) => {
    const { code, name, aliases = [], class: kind, resendable, hint, meaning, where = null } = entry;
    const row = {
      code,
      name,
      where,
      class: kind,
      meaning,
      retry: { what: 'sending it again', helps: resendable },
      hint,
    };
    for (const word of [code, ...(name === null ? [] : [name]), ...aliases].flatMap(spellings)) {
      const { code: exit, stdout, stderr } = await run(['explain', id, word, '--json']);
      expect([word, exit, stderr]).toEqual([word, 0, '']);
      expect(JSON.parse(stdout).explanations).toContainEqual(row);
    }
  },
);

const words = Object.values(await loadProviders()).flatMap(({ id, words: all = [] }) =>
  all.map((entry) => ({ id, entry })),
);

test.each(words)('$id $entry.word $entry.when: its row, in any case', async ({ id, entry }) => {
  const { word, when, status, advice } = entry;
  for (const spelt of [...spellings(word), `TransactionalSendEvents.${word}`, `message.${word.toLowerCase()}`]) {
    const { code: exit, stdout } = await run(['explain', id, spelt, '--json']);
    expect([spelt, exit]).toEqual([spelt, 0]);
    expect(JSON.parse(stdout).explanations).toContainEqual({
      code: word,
      name: null,
      where: when === undefined ? 'status' : `status, ${when}`,
      class: status.state,
      meaning: expect.stringMatching(sentence),
      retry: { what: 'sending it again', helps: status.outcome === 'failure' ? advice?.resendable : false },
      hint:
        advice?.hint ?? expect.stringMatching(status.outcome === 'success' ? /^nothing to do$/ : /^do not send again/),
    });
  }
});

test('SFMC’s 0 has two meanings', async () => {
  const { stdout } = await run(['explain', 'sfmc', '0', '--json']);
  const meanings = JSON.parse(stdout).explanations.map(({ where, meaning }: Record<string, string>) => [
    where,
    meaning,
  ]);
  expect(meanings).toEqual([
    ['errors of requests', 'the token is missing, not valid or expired'],
    ['replies to a send', 'no error'],
  ]);
});

test.each([
  ['sfmc', '1501', 'provider', true, 'not about your data'],
  ['sfmc', '2600', 'provider', true, 'could not accept'],
  ['sfmc', '42', 'account', false, 'restricted'],
  ['sent', 'VALIDATION_008', 'template', false, 'four spaces'],
  ['sent', '131026', 'unreachable', false, 'not on WhatsApp'],
  ['sent', 'BUSINESS_007', 'unreachable', false, 'this contact'],
  ['sent', 'ERR_ROUTE_DENIED', 'account', false, 'no route is active'],
])('%s %s is %s, sending again helps: %s', async (whose, code, kind, helps, words) => {
  const [entry] = JSON.parse((await run(['explain', whose, code, '--json'])).stdout).explanations;
  expect(entry).toMatchObject({ class: kind, retry: { helps }, meaning: expect.stringContaining(words) });
});

test.each(['(#131026)', '#131026', '(#131026) Message undeliverable', ' 131026 '])(
  'Meta’s code is known as %j, as Meta prints it',
  async (code) => {
    const { stdout, stderr } = await run(['explain', 'sent', code, '--json']);
    expect([stderr, JSON.parse(stdout).explanations.map((each: { code: string }) => each.code)]).toEqual([
      '',
      ['131026'],
    ]);
  },
);

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
  '%s is nobody’s code',
  async (name) => {
    for (const whose of ['sendblue', 'sent', 'sfmc', 'exit', 'sbstatus']) {
      expect((await run(['explain', whose, name])).code).toBe(25);
    }
    expect((await run(['explain', name])).code).toBe(2);
  },
);

test('a name may belong to several codes', async () => {
  const { stdout } = await run(['explain', 'sfmc', 'listdetectiveexclusion', '--json']);
  expect(JSON.parse(stdout).explanations.map(({ code }: { code: string }) => code)).toEqual(['24', '120']);
});

test('SFMC’s 25 is not the end of the message', async () => {
  const { stdout } = await run(['explain', 'sfmc', '25', '--json']);
  expect(JSON.parse(stdout).explanations).toEqual([
    {
      code: '25',
      name: 'SubscriberBlackedOut',
      where: 'sends and look-ups',
      class: 'account',
      meaning: 'a blackout window is open; the message is rescheduled, not lost',
      retry: { what: 'sending it again', helps: false },
      hint: 'do not send again; the provider sends it when the blackout window ends',
    },
  ]);
});

/** What each exit code wants done, by hand: the word without which the advice would be another. */
const nextOfExit: Readonly<Record<string, RegExp>> = {
  0: /nothing/,
  1: /report it .*--debug/,
  2: /correct the command line/,
  20: /reason in the record/,
  21: /--wait/,
  22: /--timeout/,
  23: /--expect/,
  24: /--not-found-grace/,
  25: /look the word up/,
  26: /check the id/,
  30: /connection.*proxy/,
  31: /--rate/,
  32: /again later/,
  40: /credentials.*loop/,
  41: /credentials|config file/,
  42: /base URL/,
  43: /NODE_EXTRA_CA_CERTS/,
  130: /same command again/,
  143: /same command again/,
};

test('every exit code says what to do next, and each its own', async () => {
  const { explanations } = JSON.parse((await run(['explain', 'exit', '--json'])).stdout);
  const hints = explanations.map(({ code, hint }: { code: string; hint: string }) => [code, hint]);
  expect(hints).toEqual(Object.entries(nextOfExit).map(([code, next]) => [code, expect.stringMatching(next)]));
});

test('every error code of a record has a meaning of its own, and names its exit', async () => {
  const { explanations } = JSON.parse((await run(['explain', 'sbstatus', '--json'])).stdout);
  const errors = explanations.filter(({ where }: { where: string }) => where === 'error');
  expect(errors.map(({ code }: { code: string }) => code)).toEqual(Object.keys(faults));
  expect(new Set(errors.map(({ meaning }: { meaning: string }) => meaning)).size).toBe(errors.length);
  for (const { code, meaning } of errors) {
    expect(meaning).toMatch(new RegExp(`^\\S.* \\(exit ${exits[faults[code as FaultCode].exit].code}\\)$`));
  }
});

test('a record says the same as the explanation', async () => {
  const cases = [
    ['sendblue', 'code-4002', '4002'],
    ['sent', 'code-DELIVERY_007', 'DELIVERY_007'],
    ['sfmc', 'code-129', '129'],
  ] as const;
  for (const [provider, id, code] of cases) {
    const record = JSON.parse((await run([provider, 'get', id, '--mock', '--json'])).stdout);
    const explained = JSON.parse((await run(['explain', provider, code, '--json'])).stdout).explanations[0];
    expect([record.reason.hint, record.reason.class]).toEqual([explained.hint, explained.class]);
  }
});

test('and so does a look-up that was refused', async () => {
  const cases = [
    ['sent', '00000000-0000-4000-8000-000000000000', 'RESOURCE_003'],
    ['sent', 'not-a-uuid', 'VALIDATION_001'],
    ['sent', 'http-429', 'BUSINESS_002'],
    ['sendblue', 'http-500', '5000'],
    ['sfmc', 'http-400', '10000'],
  ] as const;
  for (const [provider, id, code] of cases) {
    const argv = [provider, 'get', id, '--mock', '--json', '--retries', '0'];
    const { error } = JSON.parse((await run(argv)).stdout);
    const explained = JSON.parse((await run(['explain', provider, code, '--json'])).stdout).explanations[0];
    expect([code, error.hint]).toEqual([code, explained.hint]);
  }
});

test('on a terminal, a labelled line each, that fit', async () => {
  const { code, stdout } = await run(['explain', 'sendblue', '10002', '--no-color'], { columns: 60 });
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      'code     10002',
      'class    provider',
      'meaning  Sendblue could not find out what became of the',
      '         message; it may have arrived',
      'retry    sending it again may or may not help',
      'next     ask again later; sending it again now may reach the',
      '         recipient twice',
      '',
    ].join('\n'),
  );
});

test('nobody’s codes are a usage error that names the nearest', async () => {
  expect(await run(['explain', 'sendblu', '22'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: unknown code set "sendblu"; hint: did you mean sendblue?\n',
  });
  expect((await run(['explain', 'twilio', '22'])).stderr).toBe(
    `error: unknown code set "twilio"; hint: choose one of ${providerIds.join(', ')}, exit, sbstatus\n`,
  );
});

test('a code of another provider is pointed to', async () => {
  const { code, stderr } = await run(['explain', 'sendblue', 'DELIVERY_007']);
  expect([code, stderr]).toEqual([
    25,
    'error: unknown code "DELIVERY_007" of sendblue; hint: it is a code of sent: sbstatus explain sent DELIVERY_007\n',
  ]);
});
