import type { Providers } from '../core/provider.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** An id with its variables put in, or what is wrong with them; no value is ever quoted, nor looked at again. */
export type Expanded = { readonly id: string } | { readonly problem: string };

/** `${NAME}` is the variable's value, anywhere in the id; `$${` is `${` itself. */
export function expand(written: string, env: Env, providers: Providers): Expanded {
  let problem: string | null = null;
  const id = written.replace(/\$\$\{|\$\{([^}]*)\}?/g, (part, name: string | undefined) => {
    if (name === undefined) return '${';
    problem ??= problemOf(part, name, env, providers);
    return env[name] ?? '';
  });
  return problem === null ? { id } : { problem };
}

function problemOf(part: string, name: string, env: Env, providers: Providers): string | null {
  if (!part.endsWith('}') || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: says how to write one
    return 'holds a variable that is not written ${NAME}; $${ stands for ${ itself';
  }
  // An id goes into a URL, and is shown; a manifest from somebody else's branch must not get a credential there.
  if (isCredential(name, providers)) return `refers to ${name}, which is a credential and never part of an id`;
  return (env[name] ?? '') === '' ? `refers to ${name}, which is not set` : null;
}

function isCredential(name: string, providers: Providers): boolean {
  return Object.values(providers).some(({ settings }) =>
    Object.values(settings).some(({ kind, env }) => kind === 'secret' && env.includes(name)),
  );
}
