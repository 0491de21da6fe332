import type { Run } from './cells.ts';

export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly rule: string;
  /** The terminal's colours by number. */
  readonly palette: Readonly<Record<number, string>>;
}

export const themes = {
  dark: {
    background: '#1b1f24',
    text: '#d7dce2',
    rule: '#3a424c',
    palette: { 1: '#ff7b72', 2: '#56d364', 3: '#e3b341', 4: '#79c0ff', 5: '#d2a8ff', 6: '#56d4dd' },
  },
  light: {
    background: '#f8f9fa',
    text: '#24292f',
    rule: '#d0d7de',
    palette: { 1: '#b3261e', 2: '#0f6a2f', 3: '#8a5a00', 4: '#0550ae', 5: '#6f42c1', 6: '#0b6672' },
  },
} as const satisfies Record<string, Theme>;

const cell = { width: 8.4, height: 19 };
const margin = 16;

/** Screens one below the other, with a rule between them, as an SVG image. */
export function drawn(
  screens: readonly (readonly (readonly Run[])[])[],
  columns: number,
  title: string,
  theme: Theme,
): string {
  const width = round(columns * cell.width + 2 * margin);
  const body: string[] = [];
  let top = margin;
  for (const [number, rows] of screens.entries()) {
    if (number > 0) {
      body.push(
        `<path d="M${margin} ${round(top + 0.5 * cell.height)}H${round(width - margin)}" stroke="${theme.rule}"/>`,
      );
      top += cell.height;
    }
    for (const row of rows) {
      top += cell.height;
      for (const run of row) body.push(textOf(run, top - 5, theme));
    }
  }
  const height = round(top + margin);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${theme.background}"/>
<g fill="${theme.text}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${body.join('\n')}
</g>
</svg>
`;
}

/**
 * `textLength` keeps the columns aligned in whatever font there is. Blanks are such that no viewer joins several to one and
 * stretches the rest over their place: of `xml:space` and `white-space` browsers each heed another.
 */
function textOf({ column, width, text, color, bold, dim }: Run, y: number, theme: Theme): string {
  const attributes = [
    `x="${round(margin + column * cell.width)}"`,
    `y="${round(y)}"`,
    `textLength="${round(width * cell.width)}"`,
    'lengthAdjust="spacingAndGlyphs"',
    ...(color === null ? [] : [`fill="${theme.palette[color] ?? theme.text}"`]),
    ...(bold ? ['font-weight="bold"'] : []),
    ...(dim ? ['opacity="0.65"'] : []),
  ];
  return `<text ${attributes.join(' ')}>${escaped(text).replaceAll(' ', '\u00a0')}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
