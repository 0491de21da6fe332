// README and SECURITY as the registry's page shows them: links and pictures lead to the repository that package.json names,
// and are left out where it names none.
//   node .build/papers.js write      before npm packs; keeps the originals in reports/papers
//   node .build/papers.js restore    puts those back
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from './bundle.js';

const papers = ['README.md', 'SECURITY.md', 'CHANGELOG.md'];
const originals = join(root, 'reports/papers');

const [task] = process.argv.slice(2);
if (task === 'write') writePapers();
else if (task === 'restore') restorePapers();
else throw new Error('say write or restore');

function writePapers() {
  // Those of a run that was interrupted.
  restorePapers();
  const { repository, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const place = placeOf(repository, `v${version}`);
  mkdirSync(originals, { recursive: true });
  for (const name of papers) {
    copyFileSync(join(root, name), join(originals, name));
    writeFileSync(join(root, name), pageOf(readFileSync(join(root, name), 'utf8'), place));
  }
}

function restorePapers() {
  if (!existsSync(originals)) return;
  for (const name of papers) copyFileSync(join(originals, name), join(root, name));
  rmSync(originals, { recursive: true });
}

/** Where the files of a release can be read and shown as pictures; null without a repository. */
function placeOf(repository, tag) {
  if (repository === undefined) return null;
  const text = typeof repository === 'string' ? repository : repository.url;
  const [, name] = /^(?:github:|(?:git\+)?https:\/\/github\.com\/)([\w-]+\/[\w.-]+?)(?:\.git)?$/.exec(text) ?? [];
  if (name === undefined)
    throw new Error(`package.json: repository is ${text}, and only GitHub's addresses are known here`);
  return { pages: `https://github.com/${name}/blob/${tag}`, files: `https://raw.githubusercontent.com/${name}/${tag}` };
}

/** A page of the repository's root as one that stands alone. Links within it and absolute ones stay. */
function pageOf(text, place) {
  const isLocal = (link) => !/^(?:[a-z]+:|#)/i.test(link);
  if (place === null) {
    return text
      .replace(/^<picture>.*?^<\/picture>\n\n?/gms, '')
      .replace(/!\[[^\]]*\]\([^)]*\)\n*/g, '')
      .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, label, link) => (isLocal(link) ? label : whole));
  }
  return text
    .replace(/\b(src|srcset)="([^"]+)"/g, (whole, name, link) =>
      isLocal(link) ? `${name}="${place.files}/${posix.normalize(link)}"` : whole,
    )
    .replace(/(!?)\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, mark, label, link) =>
      isLocal(link) ? `${mark}[${label}](${mark ? place.files : place.pages}/${posix.normalize(link)})` : whole,
    );
}
