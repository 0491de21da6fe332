import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One text with the licence of every package of which a byte is in the bundle. Throws where one ships none. */
export function licences({ outputs }, root) {
  const texts = bundledPackages(outputs).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) throw new Error(`${name} has no licence file: what cannot be shipped must not be bundled`);
    const text = readFileSync(join(root, folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `sbstatus contains these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Where the ways to install Node put its licence, from the folder of the executable; the registry's package `node` too. */
const placesOfNodes = ['../LICENSE', 'LICENSE', '../share/doc/nodejs/LICENSE', '../share/doc/node/LICENSE'];

/** The licence of the Node that runs this; null where none lies beside it. */
export function licenceOfNode() {
  const files = placesOfNodes.map((place) => join(dirname(process.execPath), place)).filter((file) => existsSync(file));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  return texts.find((text) => text.startsWith('Node.js is licensed')) ?? null;
}

/** The folders of all packages of which a byte is in the outputs of a metafile. */
export function bundledPackages(outputs) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  const folders = used.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}
