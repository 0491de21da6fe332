import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages } from './licences.js';

/**
 * A bill of materials in CycloneDX's form: what npm knows of the packages of which a byte is in the bundle that was built in
 * `folder`. The same for the same lock file: it holds neither a time nor a number of its own, nor the folder's name.
 */
export function billOf(metafile, folder) {
  const manifestIn = (path) => JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'));
  const refs = new Set(bundledPackages(metafile.outputs).map(manifestIn).map(refOf));
  const { serialNumber: _number, metadata, components, dependencies, ...bill } = npmBill(folder);
  const { timestamp: _time, component, ...about } = metadata;
  const { name, devDependencies } = manifestIn('.');
  const own = component['bom-ref'];
  const isDirect = (ref) => devDependencies[ref.slice(0, ref.lastIndexOf('@'))] === ref.slice(ref.lastIndexOf('@') + 1);
  // npm calls them needed for development only: they are inside.
  const bundled = components.filter((each) => refs.has(each['bom-ref']));
  return {
    ...bill,
    metadata: { ...about, component: { ...component, name } },
    components: bundled.map((each) => ({ ...each, scope: 'required', properties: [] })),
    dependencies: [
      { ref: own, dependsOn: [...refs].filter(isDirect).sort() },
      ...dependencies
        .filter(({ ref }) => refs.has(ref))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
    ],
  };
}

function refOf({ name, version }) {
  return `${name}@${version}`;
}

function npmBill(cwd) {
  const argv = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const isWindows = process.platform === 'win32';
  return JSON.parse(execFileSync('npm', argv, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26, shell: isWindows }));
}
