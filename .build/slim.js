import { readFile } from 'node:fs/promises';

/** What got loads for features that nobody here uses: HTTP/2, its cache, its DNS cache, forms. */
const stubs = {
  'http2-wrapper': 'export default {};',
  'cacheable-lookup': 'export default class CacheableLookup {}',
  'form-data-encoder': 'export class FormDataEncoder {}\nexport const isFormData = () => false;',
  'cacheable-request': 'export default class CacheableRequest {}\nexport class CacheError extends Error {}',
};

/**
 * What takes long at start-up, done when it is needed or not at all: file → [what stands there, what to put there].
 * What stands there must be there, or the build fails.
 */
const swaps = {
  // Two formatters for the texts of type errors; making them takes as long as loading the rest of the file.
  '@sindresorhus/is/distribution/index.js': [
    [/^(const \w+Formatter) = (new Intl\.ListFormat\(.*\));$/gm, '$1 = { format: (items) => $2.format(items) };'],
  ],
  // TLS is loaded for an https: address only.
  'got/dist/source/core/options.js': [
    [/^import https from .*$/m, ''],
    ['return https.request;', "return require('node:https').request;"],
    [/^import \{ checkServerIdentity \} from .*$/m, ''],
    // Three dozen options for Node, of which these are set here, and those that are left out are what Node takes by itself.
    // Each of Node's copies of such an object costs as much as a request, and only a full collection gets rid of it.
    [
      /(?<=createNativeRequestOptions\(\) \{[\s\S]*?)return \{\s*\.\.\.internals\.cacheOptions,[\s\S]*?\n {8}\};/,
      'return { agent, method: internals.method, headers: internals.headers, rejectUnauthorized: https.rejectUnauthorized };',
    ],
  ],
  // The ids of requests are for channels that nobody here subscribes to.
  'got/dist/source/core/diagnostics-channel.js': [
    [/^import \{ randomUUID \} from .*$/m, ''],
    ['return randomUUID();', "return '';"],
  ],
  'decompress-response/index.js': [
    [/^import zlib from .*$/m, ''],
    [/(?<=supportsZstd = ).*$/m, 'process.versions.zstd !== undefined;'],
    [/\bzlib\.(?=create)/g, "require('node:zlib')."],
  ],
  // For subcommands that are programs of their own, of which there are none here.
  'commander/lib/command.js': [
    [/^const childProcess = .*$/m, ''],
    [/\bchildProcess\.(?=spawn)/g, "require('node:child_process')."],
  ],
  // Eighty spinners, of which ora takes one, and another where there is no Unicode.
  'cli-spinners/spinners.json': [[/^[\s\S]*$/, only('dots', 'line')]],
};

function only(...names) {
  return (text) => {
    const all = JSON.parse(text);
    return JSON.stringify(Object.fromEntries(names.map((name) => [name, all[name]])));
  };
}

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
    for (const [file, pairs] of Object.entries(swaps)) {
      onLoad({ filter: filterFor(file) }, async ({ path }) => ({
        contents: swapped(file, await readFile(path, 'utf8'), pairs),
        loader: file.endsWith('.json') ? 'json' : 'js',
      }));
    }
  },
};

function filterFor(file) {
  return new RegExp(`[\\\\/]node_modules[\\\\/]${file.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')}$`);
}

function swapped(file, text, pairs) {
  return pairs.reduce((rest, [from, to]) => {
    const result = rest.replace(from, to);
    if (result === rest) throw new Error(`${file} no longer holds ${from}, which .build/slim.js takes out`);
    return result;
  }, text);
}
