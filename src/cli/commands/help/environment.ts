import type { Provider, Providers } from '../../../core/provider.ts';

interface Variable {
  /** The first that is set counts. */
  readonly names: readonly string[];
  readonly what: string;
  readonly secret: boolean;
}

interface Group {
  readonly title: string;
  readonly variables: readonly Variable[];
}

const general: readonly Group[] = [
  {
    title: 'sbstatus',
    variables: [
      plain('the profile, as --profile', 'SBSTATUS_PROFILE'),
      plain('the config file, as --config', 'SBSTATUS_CONFIG'),
      plain('the folder of your own config file', 'XDG_CONFIG_HOME', 'APPDATA'),
      plain('the folder of kept tokens', 'XDG_CACHE_HOME', 'LOCALAPPDATA'),
    ],
  },
  {
    title: 'Network',
    variables: [
      plain('the proxy for https', 'https_proxy', 'HTTPS_PROXY'),
      plain('the proxy for http, which only this machine is asked over', 'http_proxy', 'HTTP_PROXY'),
      plain('the proxy for both', 'all_proxy', 'ALL_PROXY'),
      plain('hosts to be asked without a proxy', 'no_proxy', 'NO_PROXY'),
      plain('a file of further certificate authorities', 'NODE_EXTRA_CA_CERTS'),
      plain('without effect: certificates are always checked', 'NODE_TLS_REJECT_UNAUTHORIZED'),
    ],
  },
  {
    title: 'Output',
    variables: [
      plain('when set, what people read is masked', 'CI'),
      plain('no colour', 'NO_COLOR'),
      plain('colour even where no terminal is; 0 for none', 'FORCE_COLOR'),
      plain('dumb: neither colour nor a live line', 'TERM'),
      plain('with --github: the file that the summary is added to', 'GITHUB_STEP_SUMMARY'),
      plain('with --github: the file that the outputs are added to', 'GITHUB_OUTPUT'),
    ],
  },
];

function plain(what: string, ...names: readonly string[]): Variable {
  return { names, what, secret: false };
}

/** `sbstatus help environment`: every variable that is looked at, those of the providers from the registry. */
export function environmentText(json: boolean, providers: Providers): string {
  const groups = [...Object.values(providers).map(groupOf), ...general];
  if (json) {
    const table = groups.flatMap(({ title, variables }) => variables.map((each) => ({ group: title, ...each })));
    return `${JSON.stringify(table, null, 2)}\n`;
  }
  const parts = groups.map(({ title, variables }) => [`${title}:`, ...variables.flatMap(lines)].join('\n'));
  const opening = 'Environment variables. An empty one counts as unset. Of several names the first that is set counts.';
  return `${[opening, ...parts].join('\n\n')}\n`;
}

function groupOf({ title, settings }: Provider): Group {
  const variables = Object.values(settings).map(({ env, what, kind }) => ({
    names: env,
    what,
    secret: kind === 'secret',
  }));
  return { title, variables: variables.filter(({ names }) => names.length > 0) };
}

function lines({ names: [first = '', ...others], what, secret }: Variable): string[] {
  const also = others.length === 0 ? '' : `, also ${others.join(', ')}`;
  return [`  ${first.padEnd(30)}${what}${secret ? ' (secret)' : ''}${also}`];
}
