import { extname } from 'node:path';

/** Provider → setting → value. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Tree = { readonly [key: string]: string | Tree };

/** What a config file says about these blocks. */
export function configData(blocks: Blocks, profile: string | null): Tree {
  return profile === null ? blocks : { defaultProfile: profile, profiles: { [profile]: blocks } };
}

/** The data in the format that the file's name asks for. */
export function configText(data: Tree, path: string): string {
  if (extname(path) === '.json') return `${JSON.stringify(data, null, 2)}\n`;
  return `${heading}\n${yamlLines(data, '').join('\n')}\n`;
}

const heading =
  '# Written by `sbstatus config init`. What holds secrets is yours alone: keep it out of version control.';

/** A JSON string is a YAML string too, whatever is in it. */
function yamlLines(tree: Tree, margin: string): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = `${margin}${/^[a-z]\w*$/i.test(key) ? key : JSON.stringify(key)}:`;
    return typeof value === 'string'
      ? [`${name} ${JSON.stringify(value)}`]
      : [name, ...yamlLines(value, `${margin}  `)];
  });
}
