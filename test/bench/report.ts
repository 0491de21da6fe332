import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import type { Section } from './bench.ts';

const intro = `# Benchmarks

Measured by \`npm run bench\`, which writes this file; \`npm run bench -- startup\` does one part and leaves the others as they
are (parts: startup, nodes, throughput, memory, decode, bulk). All servers are on loopback, in a process of their own. Trust the
ratios, which come from interleaved runs, more than the milliseconds.
`;

/** Puts the sections in the place of those of the same title, or at the end. */
export function writeReport(file: string, sections: readonly Section[]): void {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const known = new Map(
    old
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (.*)$/m.exec(text)?.[1] ?? '', text]),
  );
  for (const section of sections) known.set(section.title, markdown(section));
  writeFileSync(file, [intro, ...known.values()].map((text) => `${text.trimEnd()}\n`).join('\n'));
}

/** The section as plain columns. */
export function plain({ title, head, rows }: Section): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => aligned(cell, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd(),
  );
  return `\n${title}\n${lines.join('\n')}\n`;
}

function aligned(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function markdown({ title, text, head, rows }: Section): string {
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows];
  const table = lines.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
  return `## ${title}\n\n${text}\n\n${table}\n\n${machine()}\n`;
}

function machine(): string {
  const { model = 'unknown' } = cpus()[0] ?? {};
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const on = `${cpus().length} × ${model.trim()}, ${memory} GiB, ${type()} ${release()}`;
  return `<sub>Node ${process.versions.node} on ${on}; ${new Date().toISOString().slice(0, 10)}</sub>`;
}
