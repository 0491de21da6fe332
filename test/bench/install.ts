import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';

/** Versions are fixed, so that two runs compare the same. */
const compared = { sendblue: '3.17.0', '@sentdm/sentdm': '0.32.0', undici: '7.30.2', got: '14.6.6' };

/** The rivals with the packages that they need, installed into the bench's folder and not into the project. */
export function rivalsIn({ root, folder, say }: Bench): (name: string) => string {
  const place = join(folder, 'rivals');
  if (!existsSync(place)) {
    say('installing what is compared with\n');
    mkdirSync(place);
    cpSync(join(root, 'test/bench/rivals'), place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{ "private": true }');
    const packages = Object.entries(compared).map(([name, version]) => `${name}@${version}`);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...packages], {
      cwd: place,
    });
  }
  return (name) => join(place, name);
}

export function versionOf(name: keyof typeof compared): string {
  return `${name} ${compared[name]}`;
}
