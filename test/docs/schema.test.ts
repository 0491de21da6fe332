import { expect, test } from 'vitest';
import { run } from '../support/run.ts';

// `npm run docs` writes the files anew.
test.each(['result', 'report', 'config', 'manifest'])(
  'docs/schema/%s.v1.json is what sbstatus schema prints',
  async (name) => {
    const { code, stdout, stderr } = await run(['schema', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).$schema).toBe('http://json-schema.org/draft-07/schema#');
    await expect(stdout).toMatchFileSnapshot(`../../docs/schema/${name}.v1.json`);
  },
);
