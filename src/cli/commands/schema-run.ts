import { toJsonSchema } from '@valibot/to-json-schema';
import { configJsonSchema } from '../../config/index.ts';
import { manifestJsonSchema } from '../../config/manifest/manifest.ts';
import { reportSchema, resultSchema } from '../../core/record.ts';
import { loadProviders } from '../../providers/index.ts';

export type SchemaName = 'result' | 'report' | 'config' | 'manifest';

const schemas: Readonly<Record<SchemaName, () => object | Promise<object>>> = {
  result: () => ({ ...toJsonSchema(resultSchema), title: 'sbstatus result' }),
  report: () => ({ ...toJsonSchema(reportSchema), title: 'sbstatus report' }),
  config: async () => configJsonSchema(await loadProviders()),
  manifest: async () => manifestJsonSchema(await loadProviders()),
};

/** A JSON Schema, as draft 7: the version that most editors and validators know. */
export async function schemaText(name: SchemaName): Promise<string> {
  return `${JSON.stringify(await schemas[name](), null, 2)}\n`;
}
