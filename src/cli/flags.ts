import { type Command, Option } from 'commander';
import type { Provider } from '../core/provider.ts';
import { channels } from '../core/record.ts';
import { expectable } from '../core/verdict.ts';
import { formats } from '../render/index.ts';
import { count, duration, durationOrZero, list, rate, share, states } from './values.ts';

/** Gives a command every flag that a look-up understands. */
export function addLookupOptions(command: Command, providers: readonly Provider[]): Command {
  return whenLookedAt(command, () => {
    for (const add of [input, output, verdict, waiting, batch, reports, network, privacy]) add(command);
    source(command, providers);
  });
}

/** Most commands are not the one that runs, and making their flags takes longer than making themselves. */
export function whenLookedAt(command: Command, add: () => void): Command {
  const { options } = command;
  const look = () => {
    Object.defineProperty(command, 'options', { value: options });
    add();
    return options;
  };
  return Object.defineProperty(command, 'options', { get: look, configurable: true });
}

/** The flags of a command whose messages come by themselves, such as a list: what to make of them. */
export function addReadingOptions(command: Command): Command {
  for (const add of [output, verdict, privacy]) add(command);
  return command;
}

/** The flags of a command that asks a provider. */
export function addAskingOptions(command: Command, providers: readonly Provider[]): Command {
  network(command);
  command
    .addOption(rateOption())
    .option('--timeout <duration>', 'give up after this long: 30s, 5m (default: 30s a request)', duration);
  source(command, providers);
  return command;
}

function input(command: Command): void {
  command
    .optionsGroup('Input:')
    .option('-f, --from-file <file>', 'read ids from a file, one a line')
    .option('-0, --null', 'ids on stdin or in the file are separated by NUL, and taken verbatim');
}

function output(command: Command): void {
  command
    .optionsGroup('Output:')
    .addOption(new Option('-o, --output <format>', 'format of the answer').choices(formats).default('table'))
    .addOption(new Option('--json', 'short for --output json').conflicts('output'))
    .option('--fields <a,b.c>', 'only these fields of the record', list)
    .addOption(
      new Option('--field <name>', 'the bare value of one field, one line an id').conflicts([
        'fields',
        'json',
        'output',
      ]),
    )
    .option('--raw', 'add the provider’s own body to the record')
    .option('-q, --quiet', 'nothing on stdout: the exit code is the answer')
    .option('-v, --verbose', 'tell on stderr what is being done')
    .option('--debug', 'trace the HTTP exchange on stderr, secrets redacted')
    .option('--utc', 'times in UTC on a terminal too')
    .option('--no-color', 'no colour');
}

function verdict(command: Command): void {
  command
    .optionsGroup('Verdict:')
    .option('--expect <state,...>', `exit 0 only if it got at least this far (${expectable.join(', ')})`, states)
    .addOption(new Option('--expect-channel <channel>', 'exit 0 only if it went this way').choices(channels))
    .addOption(
      new Option('--exit-zero', 'exit 0 whatever became of the message, if only the provider answered').conflicts([
        'minSuccess',
        'maxFailed',
      ]),
    )
    .option('--min-success <percent>', 'exit 0 if so many of the messages are ok: 95%', share)
    .option('--max-failed <n>', 'exit 0 if no more messages than that failed', count(0, 999_999));
}

function waiting(command: Command): void {
  command
    .optionsGroup('Waiting:')
    .option('-w, --wait', 'ask again until the state is final')
    .option(
      '--timeout <duration>',
      'give up after this long: 30s, 5m (default: 5m with --wait, else 30s an id)',
      duration,
    )
    .option('--interval <duration>', 'time between two looks (default: 2s growing to 30s)', duration)
    .option(
      '--not-found-grace <duration>',
      'forgive an unknown id for so long (default: 10s with --wait)',
      durationOrZero,
    );
}

function batch(command: Command): void {
  command
    .optionsGroup('Many ids:')
    .option('--concurrency <n>', 'look-ups at once', count(1, 1000), 8)
    .addOption(rateOption())
    .option('--fail-fast', 'stop at the first that is not ok; look-ups under way are finished')
    .addOption(
      new Option(
        '--resume <file>',
        'append records to this NDJSON file, and ask only for what it does not settle',
      ).conflicts(['field', 'fields', 'json', 'curl']),
    );
}

function rateOption(): Option {
  return new Option(
    '--rate <n/s|n/min|off>',
    'requests per second or minute (default: half of what the provider allows)',
  ).argParser(rate);
}

function reports(command: Command): void {
  command
    .optionsGroup('Reports:')
    .option('--junit <file>', 'write JUnit XML')
    .addOption(
      new Option('--junit-pending <kind>', 'what a message that is not final is there')
        .choices(['failure', 'skipped'])
        .default('failure'),
    )
    .option('--markdown <file>', 'write a summary for people')
    .option('--github', 'annotations, step summary and outputs of GitHub Actions');
}

function network(command: Command): void {
  command
    .optionsGroup('Network:')
    .addOption(
      new Option('--request-timeout <duration>', 'time for one HTTP request')
        .argParser(duration)
        .default(10_000, '10s'),
    )
    .option('--retries <n>', 'further attempts after a passing fault', count(0, 10), 2)
    .option('--curl', 'print the request as a curl line with $ENV_NAMES for credentials, and ask nothing');
}

function privacy(command: Command): void {
  command
    .optionsGroup('Privacy:')
    .addOption(new Option('--redact', 'mask people’s data in every format').conflicts('reveal'))
    .addOption(new Option('--reveal', 'mask nothing, not even in CI').conflicts('redact'));
}

function source(command: Command, providers: readonly Provider[]): void {
  command
    .optionsGroup('Credentials:')
    .option('-p, --profile <name>', 'profile of the config file')
    .option('-c, --config <file>', 'config file')
    .option('--mock', 'ask a mock server started for this run; needs no credentials');
  if (providers.some(({ usesTokens }) => usesTokens)) {
    command.option('--no-token-cache', 'neither use nor keep a token on disk');
  }
  for (const provider of providers) {
    for (const [key, setting] of Object.entries(provider.settings)) {
      if (setting.flag !== undefined) command.option(`${setting.flag} <${key}>`, setting.what);
    }
  }
}
