import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { JsonDocument } from '../core';

/** What a cluster's API server shows, and what its clients check it with; all in PEM. */
export interface ServerCertificate {
  caCertificate: string;
  certificate: string;
  key: string;
}

const ALGORITHM = {
  name: 'ECDSA',
  namedCurve: 'P-256',
  hash: 'SHA-256',
} as const;
const YEAR_MS = 365 * 24 * 3_600_000;

async function issue(cluster: string, now: number): Promise<ServerCertificate> {
  const { crypto } = globalThis;
  const notBefore = new Date(now - 3_600_000);
  const notAfter = new Date(now + 10 * YEAR_MS);
  const caKeys = await crypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=kubernetes-${cluster}`,
      notBefore,
      notAfter,
      keys: caKeys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
      ],
    },
    crypto,
  );
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ]);
  const server = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=kube-apiserver',
      issuer: ca.subject,
      notBefore,
      notAfter,
      publicKey: keys.publicKey,
      // The key of the authority is not kept: there is nothing else to sign.
      signingKey: caKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
        ]),
      ],
    },
    crypto,
  );
  const key = Buffer.from(
    await crypto.subtle.exportKey('pkcs8', keys.privateKey),
  ).toString('base64');
  const lines = key.match(/.{1,64}/g) ?? [];
  return {
    caCertificate: `${ca.toString('pem')}\n`,
    certificate: `${server.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${lines.join(
      '\n',
    )}\n-----END PRIVATE KEY-----\n`,
  };
}

/** The certificate of a cluster, made when the file is not there yet. */
export async function openServerCertificate(options: {
  file: string;
  cluster: string;
  now: number;
}): Promise<ServerCertificate> {
  const made = await issue(options.cluster, options.now);
  const document = await JsonDocument.open({
    file: options.file,
    initial: () => made,
    mode: 0o600,
  });
  if (document.value === made) {
    document.changed();
    await document.flush();
  }
  return document.value;
}
