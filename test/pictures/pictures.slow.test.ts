import { expect, test } from 'vitest';
import { rowsOf } from './cells.ts';
import { columns, play, type Scene } from './scene.ts';
import { drawn, themes } from './svg.ts';

// The pictures of the README. `npm run pictures` draws them anew; here they must be as the program shows itself.
const batch = 'delivered-1 read-1 delivered-2 sms-1 delivered-3 failed-1 delivered-4 read-2 delivered-5 opted-out-1';
const scenes: readonly Scene[] = [
  {
    name: 'card',
    title: 'sbstatus waits for a message, which fails: why, and what to do; the exit code is 20',
    command: 'sbstatus sendblue get failed --mock --wait --expect delivered; echo $?',
  },
  {
    name: 'batch',
    title: 'sbstatus asks about ten messages, and shows a table',
    command: `sbstatus sendblue get ${batch} --concurrency 1 --mock`,
  },
  {
    name: 'failure',
    title: 'sbstatus shows a message that was not sent, why, and what to do',
    command: 'sbstatus sfmc get opted-out --mock',
  },
];

const prompt = (command: string) => `\x1b[2m$\x1b[22m ${command}\r\n`;

test.each(scenes)('$name', async (scene) => {
  const screen = await rowsOf(prompt(scene.command) + (await play(scene)), columns);
  for (const [name, theme] of Object.entries(themes)) {
    const image = drawn([screen], columns, scene.title, theme);
    await expect(image).toMatchFileSnapshot(`../../docs/images/${scene.name}-${name}.svg`);
  }
});
