import { readFile } from 'node:fs/promises';

/** What got loads for features that src/http switches off: HTTP/2, its cache, its DNS cache. */
const stubs = {
  'http2-wrapper': 'export default {};',
  'cacheable-lookup': 'export default class CacheableLookup {}',
  'cacheable-request': 'export default class CacheableRequest {}\nexport class CacheError extends Error {}',
};

/** What takes long at start-up, done when it is needed or not at all. Each gets a file's text and returns another. */
const edits = {
  // Two formatters for the texts of type errors; making them takes as long as loading the rest of the file.
  '@sindresorhus/is/distribution/index.js': (text) =>
    text.replace(
      /^(const \w+Formatter) = (new Intl\.ListFormat\(.*\));$/gm,
      '$1 = { format: (items) => $2.format(items) };',
    ),
  // For subcommands that are programs of their own, of which there are none here.
  'commander/lib/command.js': (text) => required(text, 'childProcess', 'node:child_process'),
  'decompress-response/index.js': (text) =>
    required(text, 'zlib', 'node:zlib').replace(/(?<=supportsZstd = ).*$/m, 'process.versions.zstd !== undefined;'),
  // Eighty spinners, of which ora takes one, and the other where there is no Unicode.
  'cli-spinners/spinners.json': (text) => {
    const { dots, line } = JSON.parse(text);
    return JSON.stringify({ dots, line });
  },
};

/** Dependencies without the parts that this program never uses. An edit that no longer fits fails the build. */
export const slimDependencies = {
  name: 'slim dependencies',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(stubs).join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'stub',
      sideEffects: false,
    }));
    onLoad({ filter: /./, namespace: 'stub' }, ({ path }) => ({ contents: stubs[path] }));
    for (const [file, edit] of Object.entries(edits)) {
      onLoad({ filter: filterFor(file) }, async ({ path }) => ({
        contents: changed(file, await readFile(path, 'utf8'), edit),
        loader: file.endsWith('.json') ? 'json' : 'js',
      }));
    }
  },
};

/** The text with one of Node's modules loaded where it is used. */
function required(text, name, module) {
  return text
    .replace(new RegExp(`^(const ${name} = require|import ${name} from).*$`, 'm'), '')
    .replaceAll(`${name}.`, `require('${module}').`);
}

function filterFor(file) {
  return new RegExp(`[\\\\/]node_modules[\\\\/]${file.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')}$`);
}

function changed(file, text, edit) {
  const result = edit(text);
  if (result === text) throw new Error(`${file} is no longer as build/slim.js expects it`);
  return result;
}
