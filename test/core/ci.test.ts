import { describe, expect, test } from 'vitest';
import { runsInCi, withoutBracketed, withoutCommands, withoutCommandsInJson } from '../../src/core/text.ts';

describe('runsInCi', () => {
  test.each(['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION', 'GITLAB_CI', 'BUILDKITE', 'JENKINS_URL'])(
    '%s says so, unless it is empty, 0 or false',
    (name) => {
      for (const value of ['true', '1', 'True', 'https://ci.example.test/'])
        expect(runsInCi({ [name]: value })).toBe(true);
      for (const value of ['', '0', 'false', 'False', undefined]) expect(runsInCi({ [name]: value })).toBe(false);
    },
  );

  test('one of them is enough, and nothing else is', () => {
    expect(runsInCi({ CI: 'false', TF_BUILD: 'True' })).toBe(true);
    expect(runsInCi({ HOME: '/home/ann', TERM: 'xterm' })).toBe(false);
  });
});

test.each([
  ['##vso[task.setvariable]x', '\\x23#vso[task.setvariable]x'],
  ['a ##[error] b ##TeamCity[x]', 'a \\x23#[error] b \\x23#TeamCity[x]'],
  ['## a heading', '## a heading'],
  ['::error::no', '::error::no'],
])('withoutBracketed: %s', (text, expected) => {
  expect(withoutBracketed(text)).toBe(expected);
});

test.each([
  ['::error::no', '\\x3a:error::no'],
  ['a ::error::', 'a ::error::'],
  ['a\n::x::\n \t::y::', 'a\n\\x3a:x::\n \t\\x3a:y::'],
  ['\u001b[31m::x', '\u001b[31m\\x3a:x'],
  ['\u001b[1;31m \u001b[0m::x', '\u001b[1;31m \u001b[0m\\x3a:x'],
  ['##vso[x]\n::y', '\\x23#vso[x]\n\\x3a:y'],
  ['2001:db8::1', '2001:db8::1'],
])('withoutCommands: %j', (text, expected) => {
  expect(withoutCommands(text)).toBe(expected);
});

test.each(['##vso[x]', '::error::x', '##[y] "::z"', 'a::b ## c'])(
  'withoutCommandsInJson: %j means the same',
  (text) => {
    const json = withoutCommandsInJson(JSON.stringify({ text }));
    expect(JSON.parse(json)).toEqual({ text });
    expect(json).not.toMatch(/##\w*\[|"::/);
  },
);

test('withoutCommandsInJson leaves what is no command as it is written', () => {
  const json = JSON.stringify({ text: 'a::b ## c' });
  expect(withoutCommandsInJson(json)).toBe(json);
});
