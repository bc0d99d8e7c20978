import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHM = {
  name: 'ECDSA',
  namedCurve: 'P-256',
  hash: 'SHA-256',
} as const;

const DAY_MS = 24 * 3_600_000;

/** A certificate for localhost that nobody has signed but itself, and its key, as PEM. */
export async function selfSigned(): Promise<{ cert: string; key: string }> {
  const { crypto } = globalThis;
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost',
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
        ]),
      ],
    },
    crypto,
  );
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${Buffer.from(key).toString(
      'base64',
    )}\n-----END PRIVATE KEY-----\n`,
  };
}
