import type { Command } from 'commander';
import { addLookupFlags, ListOption, lookupOptions, oneOf } from '../flags.ts';
import { type CommandContext, examples } from './command.ts';

/** `sbstatus check <ref...>`: messages of any provider, named on the command line, on stdin, in a file or a manifest. */
export function addCheck(program: Command, { world, setExit, providers }: CommandContext): void {
  const all = Object.values(providers);
  const command = program
    .command('check')
    .description('ask about messages of several providers at once')
    .argument('[ref...]', 'provider:id or provider/operation:id; - reads them from standard input');
  const own = [
    new ListOption(
      '-m, --manifest <file>',
      'YAML or JSON that lists messages and what is expected of each; may be repeated',
      oneOf,
    ),
    // Checked later: commander would quote a wrong one, which may be a secret.
    new ListOption('--env <name,...>', 'environment variables that the manifest’s ids may refer to', splitNames),
  ];
  examples.set(command, () => shellLines);
  addLookupFlags(command, all, own)
    .addHelpText('after', '\nA ref is split at its first colon; the operation is get where none is named.')
    .action(async (refs: string[]) => {
      const { check } = await import('./check-run.ts');
      const { manifest: manifests = [], env = [] } = command.opts<{ manifest?: string[]; env?: string[] }>();
      setExit(await check(refs, providers, { ...lookupOptions(command, all), manifests, env }, world));
    });
}

function splitNames(text: string): string[] {
  return text.split(',');
}

const shellLines = [
  'sbstatus check sendblue:msg_abc123def456 sent:8ba7b830-9dad-11d1-80b4-00c04fd430c8 --mock --exit-zero',
  `printf '%s\\n' sendblue/status:delivered sfmc:bcX0qaEp0USGciEnUJTW0w | sbstatus check - --mock -o csv`,
  `echo 'messages: [{ provider: sent, id: delivered, expect: delivered }]' > messages.yaml`,
  'sbstatus check --manifest messages.yaml --wait --mock --junit report.xml',
  `echo 'messages: [{ provider: sent, id: "delivered-\${ORDER}" }]' > orders.yaml`,
  'ORDER=7 sbstatus check --manifest orders.yaml --env ORDER --mock',
];
