import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { configJsonSchema } from '../../config/index.ts';
import { manifestJsonSchema } from '../../config/manifest/manifest.ts';
import { errorSchema, exitSchema, reportSchema, resultSchema } from '../../core/record.ts';
import { loadProviders } from '../../providers/index.ts';

const text = v.nullable(v.string());

const codeMeaning = v.object({
  code: v.string(),
  name: text,
  where: text,
  class: v.string(),
  meaning: v.string(),
  retry: v.object({ what: v.string(), helps: v.nullable(v.boolean()) }),
  hint: v.string(),
});

const origin = v.object({
  kind: v.picklist(['default', 'flag', 'env', 'project', 'user', 'file', 'command']),
  name: text,
  file: text,
  path: text,
});

const rank = v.picklist(['project', 'user', 'explicit']);

const helpOption = v.object({
  flags: v.string(),
  short: text,
  long: text,
  value: text,
  description: v.string(),
  choices: v.nullable(v.array(v.string())),
  default: text,
  group: v.string(),
});

const helpCommand: v.GenericSchema = v.object({
  name: v.string(),
  path: v.array(v.string()),
  usage: v.string(),
  description: v.string(),
  arguments: v.array(
    v.object({
      name: v.string(),
      description: v.string(),
      required: v.boolean(),
      variadic: v.boolean(),
      choices: v.nullable(v.array(v.string())),
    }),
  ),
  options: v.array(helpOption),
  notes: v.array(v.object({ title: text, lines: v.array(v.string()) })),
  commands: v.array(v.lazy(() => helpCommand)),
});

/** What the commands print beside records; test/docs/schema.slow.test.ts holds each to what is really printed. */
const printed = {
  result: resultSchema,
  report: reportSchema,
  error: v.object({
    schema: v.literal('sbstatus.error/1'),
    message: v.string(),
    hint: text,
    exit: exitSchema,
  }),
  explanation: v.object({
    schema: v.literal('sbstatus.explanation/1'),
    whose: v.string(),
    code: text,
    explanations: v.array(codeMeaning),
  }),
  doctor: v.object({
    schema: v.literal('sbstatus.doctor/1'),
    checks: v.array(
      v.object({
        topic: v.picklist(['files', 'network', 'credentials', 'provider', 'clock']),
        subject: v.string(),
        status: v.picklist(['ok', 'warning', 'failed', 'skipped']),
        message: v.string(),
        hint: text,
        exit: exitSchema,
      }),
    ),
    exit: exitSchema,
  }),
  'config-show': v.object({
    schema: v.literal('sbstatus.config/1'),
    profile: text,
    files: v.array(v.object({ path: v.string(), kind: rank, mode: text })),
    settings: v.array(v.object({ provider: v.string(), setting: v.string(), value: v.string(), origin })),
    problems: v.array(v.object({ provider: v.string(), ...errorSchema.entries })),
    exit: exitSchema,
  }),
  'config-path': v.union([v.string(), v.array(v.object({ path: v.string(), kind: rank, used: v.boolean() }))]),
  help: v.object({ schema: v.literal('sbstatus.help/1'), version: v.string(), command: helpCommand }),
  'exit-codes': v.array(v.object({ ...exitSchema.entries, when: v.string() })),
  environment: v.array(
    v.object({ group: v.string(), names: v.array(v.string()), what: v.string(), secret: v.boolean() }),
  ),
};

const schemas = {
  ...Object.fromEntries(Object.entries(printed).map(([name, schema]) => [name, () => addTitle(name, schema)])),
  config: async () => configJsonSchema(await loadProviders()),
  manifest: async () => manifestJsonSchema(await loadProviders()),
} as Readonly<Record<SchemaName, () => object | Promise<object>>>;

export type SchemaName = keyof typeof printed | 'config' | 'manifest';

function addTitle(name: string, schema: v.GenericSchema): object {
  return { ...toJsonSchema(schema), title: `sbstatus ${name}` };
}

/** A JSON Schema, as draft 7: the version that most editors and validators know. Its `$id` is a name and leads nowhere. */
export async function schemaText(name: SchemaName): Promise<string> {
  const { $schema, ...schema } = (await schemas[name]()) as { $schema?: string };
  return `${JSON.stringify({ $schema, $id: `urn:sbstatus:schema:${name}:1`, ...schema }, null, 2)}\n`;
}
