import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Fault, UsageError } from '../../../core/fault.ts';
import type { World } from '../../../world.ts';

/** Asks a person, on stderr: stdout is for answers. */
export interface Prompt {
  /** The answer without blanks at its edges. Throws when the person leaves. */
  text(question: string): Promise<string>;
  /** As `text`, and what is typed is not shown. */
  hidden(question: string): Promise<string>;
  /** `no` for anything but a yes. */
  confirm(question: string): Promise<boolean>;
  close(): void;
}

export function openPrompt(world: World): Prompt {
  const { stream } = world.stderr;
  let muted = false;
  const echo = new Writable({
    // At once: what had to wait its turn would meet another question's silence.
    write: (chunk: Buffer, _encoding, done) => {
      if (!muted) stream.write(chunk);
      done();
    },
  });
  // Without a history, no arrow key brings a secret back.
  const lines = createInterface({ input: world.stdin.stream, output: echo, terminal: true, historySize: 0 });
  let leave: (why: Error) => void = () => undefined;
  lines.on('SIGINT', () => leave(new Fault('interrupted', { message: 'ended before anything was written' })));
  lines.on('close', () => leave(new UsageError('the input ended before all was asked', 'nothing was written')));

  const ask = (question: string, hide: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      leave = (why) => {
        muted = false;
        stream.write('\n');
        reject(why);
      };
      lines.question(question, (answer) => {
        if (muted) stream.write('\n');
        muted = false;
        resolve(answer.trim());
      });
      muted = hide;
    });

  return {
    text: (question) => ask(`${question}: `, false),
    hidden: (question) => ask(`${question} (not shown): `, true),
    confirm: async (question) => /^y(es)?$/i.test(await ask(`${question} [y/N] `, false)),
    close: () => {
      leave = () => undefined;
      lines.close();
    },
  };
}
