// Builds dist, or the folder that is named: one bundle with every dependency inside, and their licences.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundlePackage, root } from './.build/bundle.js';
import { licences } from './.build/licences.js';

const out = resolve(root, process.argv[2] ?? 'dist');
const fresh = `${out}.${process.pid}`;
const { metafile, homes } = await bundlePackage(fresh);
writeFileSync(join(fresh, 'LICENSES.txt'), licences(metafile, root));
rmSync(out, { recursive: true, force: true });
renameSync(fresh, out);

// What is in which file, for the tests and for the curious.
mkdirSync(join(root, 'reports'), { recursive: true });
writeFileSync(join(root, 'reports/bundle.json'), JSON.stringify({ metafile, homes: Object.fromEntries(homes) }));
