import { Secret } from '../core/secret.ts';

/** A setting as it stands in a source: the value itself, never to be printed by accident, or where to get it. */
export type Raw =
  | { readonly kind: 'literal'; readonly value: Secret }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command'; readonly argv: readonly string[] };

/** A secret as a config file may write it. */
export type Written = string | { readonly file: string } | { readonly command: readonly string[] };

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

export function literal(value: string): Raw {
  return { kind: 'literal', value: new Secret(value, 'a setting') };
}

export function rawOf(written: Written): Raw {
  if (typeof written !== 'string') {
    return 'file' in written ? { kind: 'file', path: written.file } : { kind: 'command', argv: written.command };
  }
  const name = reference.exec(written)?.[1];
  return name === undefined ? literal(written) : { kind: 'variable', name };
}
