/** What a piece of text is, as far as its colour goes. */
export type Tone = 'good' | 'waiting' | 'bad' | 'odd' | 'strong' | 'quiet';

export type Paint = Readonly<Record<Tone, (text: string) => string>>;

const same = (text: string) => text;

export const plainPaint: Paint = { good: same, waiting: same, bad: same, odd: same, strong: same, quiet: same };

/** Colours, or none. The colour library is loaded only where there are some. */
export async function loadPaint(color: boolean): Promise<Paint> {
  if (!color) return plainPaint;
  const { Chalk } = await import('chalk');
  // The level is ours to say: left to itself, chalk looks at the environment and overlooks NO_COLOR.
  const chalk = new Chalk({ level: 1 });
  return {
    good: chalk.green,
    waiting: chalk.yellow,
    bad: chalk.red,
    odd: chalk.magenta,
    strong: chalk.bold,
    quiet: chalk.dim,
  };
}
