import { selectionOf } from './fields.ts';
import type { Renderer, View } from './renderer.ts';
import { jsonText } from './safe-text.ts';

/** One id: its record. Otherwise a report, written as it becomes known, so that no number of results fills the memory. */
export function createJsonRenderer(view: View): Renderer {
  return view.single ? recordRenderer(view, 2) : reportRenderer(view);
}

/** One record a line, whatever was asked. */
export function createNdjsonRenderer(view: View): Renderer {
  return recordRenderer(view, 0);
}

function recordRenderer({ fields }: View, indent: number): Renderer {
  const select = fields === null ? null : selectionOf(fields);
  return {
    result: (result) => `${jsonText(select === null ? result : select(result), indent)}\n`,
    end: () => '',
  };
}

const opening = '{\n  "schema": "sbstatus.report/1",\n  "results": [';

function reportRenderer({ fields }: View): Renderer {
  const select = fields === null ? null : selectionOf(fields);
  let begun = false;
  return {
    result(result) {
      const before = begun ? ',' : opening;
      begun = true;
      return `${before}\n    ${indentJson(select === null ? result : select(result), '    ')}`;
    },
    end({ summary, exit }) {
      const results = begun ? '\n  ]' : `${opening}]`;
      return `${results},\n  "summary": ${indentJson(summary, '  ')},\n  "exit": ${indentJson(exit, '  ')}\n}\n`;
    },
  };
}

/** Line breaks in JSON text are never part of a value, so each may be followed by more blanks. */
function indentJson(value: unknown, margin: string): string {
  return jsonText(value, 2).replaceAll('\n', `\n${margin}`);
}
