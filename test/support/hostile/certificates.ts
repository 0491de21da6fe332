import selfsigned from 'selfsigned';
import type { CertificateName } from './behaviour.ts';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Made anew for each test run, for 127.0.0.1; nothing of it is ever kept. */
export interface Certificates {
  /** The authority that signed all but the self-signed one: for NODE_EXTRA_CA_CERTS. */
  readonly authority: string;
  readonly servers: Readonly<Record<CertificateName, Certificate>>;
}

let made: Promise<Certificates> | undefined;

export function certificates(): Promise<Certificates> {
  made ??= make();
  return made;
}

const day = 24 * 60 * 60 * 1000;

async function make(): Promise<Certificates> {
  const ca = await issue('sbstatus test authority', null, -1, 30);
  return {
    authority: ca.cert,
    servers: {
      good: await issue('127.0.0.1', ca, -1, 30),
      selfSigned: await issue('127.0.0.1', null, -1, 30),
      expired: await issue('127.0.0.1', ca, -30, -1),
      notYetValid: await issue('127.0.0.1', ca, 10, 30),
      wrongName: await issue('elsewhere.example', ca, -1, 30),
    },
  };
}

/** Days are counted from now. */
async function issue(name: string, ca: Certificate | null, fromDay: number, toDay: number): Promise<Certificate> {
  const isAddress = /^[\d.]+$/.test(name);
  const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + fromDay * day),
    notAfterDate: new Date(Date.now() + toDay * day),
    extensions: [
      { name: 'basicConstraints', cA: ca === null, critical: true },
      { name: 'subjectAltName', altNames: [isAddress ? { type: 7, ip: name } : { type: 2, value: name }] },
    ],
    ...(ca === null ? {} : { ca }),
  });
  return { key, cert };
}
