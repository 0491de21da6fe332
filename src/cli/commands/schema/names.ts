export const schemaNames = ['result', 'report', 'config', 'manifest'] as const;
export type SchemaName = (typeof schemaNames)[number];
