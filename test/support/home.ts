import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { keepSecrets } from './transcript.ts';

/** A home of its own with a repository `project` in it; gone when the test ends. */
export function tempHome() {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'sbstatus-home-')));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'project/.git'), { recursive: true });
  const path = (name: string) => join(home, name);
  return {
    home,
    cwd: join(home, 'project'),
    path,
    has: (name: string) => existsSync(path(name)),
    write: (name: string, content: string | object, mode = 0o600): string => {
      mkdirSync(dirname(path(name)), { recursive: true });
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      keepSecrets(text);
      writeFileSync(path(name), text);
      chmodSync(path(name), mode);
      return path(name);
    },
    link: (name: string, target: string): void => symlinkSync(target, path(name)),
  };
}
