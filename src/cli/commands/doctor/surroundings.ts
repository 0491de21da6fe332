import type { ConfigFile, Configuration } from '../../../config/index.ts';
import { Fault } from '../../../core/fault.ts';
import { readRegular } from '../../../disk/regular-file.ts';
import { proxyFor } from '../../../http/proxy.ts';
import type { World } from '../../../world.ts';
import { modeText } from '../config/show.ts';
import { bad, doubtful, type Finding, good, skipped } from './finding.ts';

/** The config files that are in use, or that cannot be. */
export function fileFindings({ files, places }: Configuration): Finding[] {
  if (files.length > 0) return files.flatMap(aboutFile);
  const hint = 'write one with `sbstatus config init`; `sbstatus config path --all` lists the places';
  return [skipped({ topic: 'files', subject: 'config' }, `none of ${places.length} possible files is there`, hint)];
}

function aboutFile({ path, kind, mode, fault, notes, holdsSecret }: ConfigFile): Finding[] {
  const what = { topic: 'files', subject: path } as const;
  // The fault names the file itself.
  if (fault !== null) return [bad({ topic: 'files', subject: 'config' }, fault)];
  if (notes.length > 0) return notes.map((note) => doubtful(what, note, `chmod 600 ${path}`));
  const held = holdsSecret ? 'holds secrets' : 'holds no secret itself';
  return [good(what, `${kind === 'project' ? 'project' : 'own'} file, mode ${modeText(mode)}, ${held}`)];
}

/** What the environment says about the way out. Proxy passwords are never shown. */
export function networkFindings({ env }: Pick<World, 'env'>): Finding[] {
  return [proxyFinding(env), ...caFinding(env), ...checksFinding(env)];
}

/** Not a host of anybody's: what holds for hosts that NO_PROXY does not name. */
const anyHost = new URL('https://host.invalid');

function proxyFinding(env: World['env']): Finding {
  const what = { topic: 'network', subject: 'proxy' } as const;
  try {
    const proxy = proxyFor(anyHost, env);
    const except = (env['no_proxy'] || env['NO_PROXY'] || '').trim();
    if (proxy === null) return good(what, 'none: connections are direct');
    return good(what, except === '' ? proxy.origin : `${proxy.origin}, except for ${except}`);
  } catch (error) {
    if (error instanceof Fault) return bad(what, error);
    throw error;
  }
}

/** Node reads the file at its start, and only warns where it cannot. */
function caFinding(env: World['env']): Finding[] {
  const path = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (path === '') return [];
  const what = { topic: 'network', subject: 'NODE_EXTRA_CA_CERTS' } as const;
  const text = readRegular(path);
  if (text === null) return [doubtful(what, `${path} cannot be read, so it has no effect`, 'check the path')];
  const count = text.match(/-----BEGIN (TRUSTED )?CERTIFICATE-----/g)?.length ?? 0;
  if (count === 0) return [doubtful(what, `${path} holds no certificate`, 'it must hold certificates in PEM form')];
  return [good(what, `${path} adds ${count === 1 ? '1 certificate' : `${count} certificates`}`)];
}

function checksFinding(env: World['env']): Finding[] {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return [];
  const what = { topic: 'network', subject: 'NODE_TLS_REJECT_UNAUTHORIZED' } as const;
  return [doubtful(what, 'is 0, which sbstatus does not obey: certificates are always checked', 'unset it')];
}
