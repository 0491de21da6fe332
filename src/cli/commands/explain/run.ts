import type { ExitName } from '../../../core/exit.ts';
import { UsageError } from '../../../core/fault.ts';
import type { Providers } from '../../../core/provider.ts';
import { nearest } from '../../../core/text.ts';
import { type CodeMeaning, codeMeaningsText } from '../../../render/code-meanings.ts';
import { jsonText } from '../../../render/json-text.ts';
import type { World } from '../../../world.ts';
import { usesColor } from '../../color.ts';
import { openMessages } from '../../voice.ts';
import { errorCodes, exitCodes, matching, providerCodes } from './meanings.ts';

export interface ExplainOptions {
  readonly whose: string;
  /** Null: all that there are. */
  readonly code: string | null;
  readonly json: boolean;
  readonly color: boolean;
}

/** `sbstatus explain <whose> [code]`. Throws a usage error for nobody's codes. */
export async function explain(options: ExplainOptions, providers: Providers, world: World): Promise<ExitName> {
  const all = codesOf(options.whose, providers);
  const found = options.code === null ? all : matching(all, options.code);
  await world.stdout.write(await textOf(found, options, world));
  if (found.length > 0) return 'ok';
  const voice = await openMessages(world, options.color);
  await voice.error(
    `nobody knows the code ${JSON.stringify(options.code)} of ${options.whose}`,
    unknownHint(options, providers),
  );
  return 'unknown-status';
}

function codesOf(whose: string, providers: Providers): readonly CodeMeaning[] {
  const provider = Object.hasOwn(providers, whose) ? providers[whose] : undefined;
  if (provider !== undefined) return providerCodes(provider);
  if (whose === 'exit') return exitCodes;
  if (whose === 'sbstatus') return [...exitCodes, ...errorCodes];
  const names = [...Object.keys(providers), 'exit', 'sbstatus'];
  const near = nearest(whose, names);
  throw new UsageError(
    `no codes of ${JSON.stringify(whose)}`,
    near === null ? `choose one of ${names.join(', ')}` : `did you mean ${near}`,
  );
}

function textOf(found: readonly CodeMeaning[], { whose, code, json, color }: ExplainOptions, world: World) {
  if (json) return `${jsonText({ schema: 'sbstatus.explanation/1', whose, code, explanations: found }, 2)}\n`;
  const { stdout, env } = world;
  return codeMeaningsText(found, {
    columns: stdout.terminal ? stdout.columns : null,
    color: usesColor(stdout, env, color),
  });
}

function unknownHint({ whose, code }: ExplainOptions, providers: Providers): string {
  const others = Object.values(providers)
    .filter((provider) => provider.id !== whose && matching(providerCodes(provider), code ?? '').length > 0)
    .map(({ id }) => id);
  const list = `sbstatus explain ${whose} lists those that are known`;
  return others.length === 0 ? list : `${others.join(' and ')} has a code of that spelling; ${list}`;
}
