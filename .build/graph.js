import { basename } from 'node:path';

/** esbuild's metafile as chunk → what it is made of: `entry` (the module that it begins with, if any) and `imports`. */
export function graphOf({ outputs }) {
  const chunks = Object.entries(outputs).map(([path, { entryPoint, imports }]) => {
    const statics = imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true);
    return [basename(path), { entry: entryPoint ?? null, imports: statics.map((each) => basename(each.path)) }];
  });
  return new Map(chunks);
}

/** The chunks that are loaded once each of these modules is. Throws for a module that begins no chunk. */
export function closure(graph, modules) {
  const found = new Set();
  const visit = (chunk) => {
    if (found.has(chunk)) return;
    found.add(chunk);
    for (const each of graph.get(chunk).imports) visit(each);
  };
  for (const module of modules) visit(chunkOf(graph, module));
  return found;
}

export function chunkOf(graph, module) {
  for (const [chunk, { entry }] of graph) if (entry === module) return chunk;
  throw new Error(`${module} is not imported dynamically any more; .build/bundle.js names it`);
}
