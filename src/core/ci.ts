/** CI systems read commands out of a job's log: whoever writes a line there can act on the job. */

/** `##vso[` of Azure Pipelines, `##teamcity[`, `##[` of both and of GitHub: anywhere in a line, in any case. */
const bracketed = /##(?=[a-z]{0,20}\[)/gi;

/** `::` of GitHub's workflow commands: at the beginning of a line, where blanks and colours do not count. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const atLineStart = /^((?:[^\S\n\r\u2028\u2029]|\u001b\[[\d;]{0,20}m)*)::/gm;

/** Text without `##vso[` and its like; what was there stays legible: `\x23#vso[`. */
export function withoutBracketed(text: string): string {
  return text.includes('##') ? text.replace(bracketed, '\\x23#') : text;
}

/** Lines as they go out, with no command of any CI system in them. `text` begins at the beginning of a line. */
export function withoutCommands(text: string): string {
  return withoutBracketed(text.includes('::') ? text.replace(atLineStart, '$1\\x3a:') : text);
}

/** JSON that means the same, with no command in it. */
export function withoutCommandsInJson(json: string): string {
  if (!json.includes('##') && !json.includes('"::')) return json;
  return json.replace(bracketed, '\\u0023#').replaceAll('"::', '"\\u003a:');
}

const variables = ['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION', 'GITLAB_CI', 'BUILDKITE', 'JENKINS_URL'];

/** Whether one of the variables is set that CI systems set. */
export function runsInCi(env: Readonly<Record<string, string | undefined>>): boolean {
  for (const name of variables) if ((env[name] ?? '') !== '') return true;
  return false;
}
