import { milliseconds, type Clock, type KubeObject } from '../../core';
import { fieldSet, ownableFields } from '../managedFields';
import { kindNamed } from '../resources';
import type { ObjectStore } from '../store';
import { fieldsOf, objectsOf, timestamp, type Fields } from '../values';
import { conditionsNow, saysReady, type Statement } from './conditions';
import { madeUp, ownedBy, writeSecret } from './secrets';
import { StatusController } from './StatusController';

const MANAGER = 'cert-manager';
const NINETY_DAYS = '2160h';

/** Whoever signs is ready: accounts are made, and the authority's key is where the platform's team puts it. */
export function issuerController(
  store: ObjectStore,
  clock: Clock,
): StatusController {
  const saidOf = (spec: Fields): Pick<Statement, 'reason' | 'message'> => {
    if (spec.acme !== undefined) {
      return {
        reason: 'ACMEAccountRegistered',
        message: 'The ACME account was registered with the ACME server',
      };
    }
    return spec.ca === undefined
      ? { reason: 'IsReady', message: '' }
      : { reason: 'KeyPairVerified', message: 'Signing CA verified' };
  };
  return new StatusController({
    store,
    manager: `${MANAGER}-issuers`,
    kind: 'Issuer',
    statusOf: ({ spec, status, metadata }) => ({
      ...(fieldsOf(spec).acme !== undefined && {
        acme: { uri: 'https://acme.example.com/account/1' },
      }),
      conditions: conditionsNow(
        fieldsOf(status).conditions,
        [
          {
            type: 'Ready',
            status: 'True',
            ...saidOf(fieldsOf(spec)),
            observedGeneration: metadata.generation,
          },
        ],
        clock.now(),
      ),
    }),
  });
}

/** Issues certificates, and issues them again when they were to be renewed before the cluster was started. */
export function certificateController(
  store: ObjectStore,
  clock: Clock,
): StatusController {
  /** An issuer of the whole cluster is the platform's, and taken as being there. */
  const isIssuerReady = (certificate: KubeObject): boolean => {
    const { kind = 'Issuer', name } = fieldsOf(
      fieldsOf(certificate.spec).issuerRef,
    );
    return (
      kind !== 'Issuer' ||
      saysReady(
        store.get(
          kindNamed('Issuer'),
          certificate.metadata.namespace,
          String(name),
        ),
      )
    );
  };
  const statusWith = (
    { status, metadata }: KubeObject,
    conditions: readonly Statement[],
    rest: Fields,
  ): Fields => ({
    ...rest,
    conditions: conditionsNow(
      fieldsOf(status).conditions,
      conditions.map(condition => ({
        ...condition,
        observedGeneration: metadata.generation,
      })),
      clock.now(),
    ),
  });
  return new StatusController({
    store,
    manager: `${MANAGER}-certificates`,
    kind: 'Certificate',
    looksAt: ['Issuer', 'Secret'],
    statusOf: certificate => {
      const { namespace, generation } = certificate.metadata;
      const spec = fieldsOf(certificate.spec);
      const name = String(spec.secretName);
      const { conditions, ...before } = fieldsOf(certificate.status);
      const secret = store.get(kindNamed('Secret'), namespace, name);
      const isDue =
        clock.now() >= Date.parse(String(before.renewalTime ?? timestamp(0)));
      const isIssued =
        saysReady(certificate) &&
        objectsOf(conditions).every(
          ({ observedGeneration }) => observedGeneration === generation,
        );
      if (secret && isIssued && !isDue) {
        return fieldsOf(certificate.status);
      }
      if (!isIssuerReady(certificate)) {
        const reason = 'DoesNotExist';
        const message = 'Issuing certificate as Secret does not exist';
        return statusWith(
          certificate,
          [
            { type: 'Ready', status: 'False', reason, message },
            { type: 'Issuing', status: 'True', reason, message },
          ],
          before,
        );
      }
      const revision = Number(before.revision ?? 0) + 1;
      const duration = milliseconds(String(spec.duration ?? NINETY_DAYS));
      request(store, clock, certificate, revision);
      writeSecret(store, MANAGER, {
        namespace,
        name,
        type: 'kubernetes.io/tls',
        values: {
          'ca.crt': madeUp(),
          'tls.crt': madeUp(),
          'tls.key': madeUp(),
        },
        labels: { 'controller.cert-manager.io/fao': 'true' },
      });
      return statusWith(
        certificate,
        [
          {
            type: 'Ready',
            status: 'True',
            reason: 'Ready',
            message: 'Certificate is up to date and has not expired',
          },
        ],
        {
          notBefore: timestamp(clock.now()),
          notAfter: timestamp(clock.now() + duration),
          renewalTime: timestamp(clock.now() + (duration * 2) / 3),
          revision,
        },
      );
    },
  });
}

/** The request of one revision of a certificate, approved and answered. */
function request(
  store: ObjectStore,
  clock: Clock,
  certificate: KubeObject,
  revision: number,
): void {
  const { namespace, name } = certificate.metadata;
  const said: readonly Statement[] = [
    {
      type: 'Approved',
      status: 'True',
      reason: 'cert-manager.io',
      message: 'Certificate request has been approved by cert-manager.io',
    },
    {
      type: 'Ready',
      status: 'True',
      reason: 'Issued',
      message: 'Certificate fetched from issuer successfully',
    },
  ];
  const made: KubeObject = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'CertificateRequest',
    metadata: {
      name: `${name}-${revision}`,
      namespace,
      annotations: {
        'cert-manager.io/certificate-name': name,
        'cert-manager.io/certificate-revision': String(revision),
      },
      ownerReferences: [ownedBy(certificate)],
    },
    spec: {
      issuerRef: fieldsOf(certificate.spec).issuerRef,
      request: Buffer.from(madeUp()).toString('base64'),
      usages: ['digital signature', 'key encipherment'],
    },
    status: {
      certificate: Buffer.from(madeUp()).toString('base64'),
      conditions: conditionsNow(undefined, said, clock.now()),
    },
  };
  store.write(
    made,
    { manager: `${MANAGER}-certificaterequests`, operation: 'Update' },
    fieldSet(ownableFields(made)),
  );
}
