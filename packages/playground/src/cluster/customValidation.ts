import type { KubeObject } from '../core';
import { fieldsOf, isFields } from './values';

/**
 * Fields without which the schema of a kind refuses an object. `spec.parentRefs[].name` is missed in each element that has none; where
 * there is no `spec.parentRefs` at all, nothing is.
 */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Certificate: ['spec.issuerRef', 'spec.issuerRef.name', 'spec.secretName'],
  CertificateRequest: ['spec.issuerRef', 'spec.issuerRef.name', 'spec.request'],
  ExternalSecret: [
    'spec.data[].remoteRef',
    'spec.data[].remoteRef.key',
    'spec.data[].secretKey',
  ],
  HTTPRoute: [
    'spec',
    'spec.parentRefs[].name',
    'spec.rules[].backendRefs[].name',
    'spec.rules[].matches[].headers[].name',
    'spec.rules[].matches[].headers[].value',
  ],
  Issuer: [
    'spec',
    'spec.acme.privateKeySecretRef',
    'spec.acme.privateKeySecretRef.name',
    'spec.acme.server',
    'spec.ca.secretName',
  ],
  PrometheusRule: ['spec', 'spec.groups[].name', 'spec.groups[].rules[].expr'],
  ReferenceGrant: [
    'spec.from',
    'spec.from[].group',
    'spec.from[].kind',
    'spec.from[].namespace',
    'spec.to',
    'spec.to[].group',
    'spec.to[].kind',
  ],
  SecretStore: [
    'spec.provider',
    'spec.provider.fake.data',
    'spec.provider.fake.data[].key',
    'spec.provider.vault.auth.kubernetes.mountPath',
    'spec.provider.vault.auth.kubernetes.role',
    'spec.provider.vault.auth.kubernetes.serviceAccountRef.name',
    'spec.provider.vault.server',
  ],
  ServiceMonitor: ['spec', 'spec.endpoints', 'spec.selector'],
};

/** Fields that take some words and no others. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string[]>>>> = {
  Certificate: {
    'spec.privateKey.algorithm': ['RSA', 'ECDSA', 'Ed25519'],
    'spec.privateKey.rotationPolicy': ['Never', 'Always'],
  },
  ExternalSecret: {
    'spec.secretStoreRef.kind': ['SecretStore', 'ClusterSecretStore'],
    'spec.target.creationPolicy': ['Owner', 'Orphan', 'Merge', 'None'],
    'spec.target.deletionPolicy': ['Delete', 'Merge', 'Retain'],
  },
  HTTPRoute: {
    'spec.rules[].matches[].path.type': [
      'Exact',
      'PathPrefix',
      'RegularExpression',
    ],
  },
  SecretStore: { 'spec.provider.vault.version': ['v1', 'v2'] },
};

interface Place {
  readonly path: string;
  readonly value: unknown;
}

/** The places that a path stands for: one, or one of each element of a list. Where its parent is not there, it stands for none. */
function placesOf(object: KubeObject, path: string): Place[] {
  return path.split('.').reduce<Place[]>(
    (places, step) => {
      const name = step.replace('[]', '');
      return places.flatMap(place => {
        if (!isFields(place.value)) {
          return [];
        }
        const found = {
          path: place.path === '' ? name : `${place.path}.${name}`,
          value: place.value[name],
        };
        return name === step ? [found] : elementsOf(found);
      });
    },
    [{ path: '', value: object }],
  );
}

function elementsOf({ path, value }: Place): Place[] {
  return Array.isArray(value)
    ? value.map((element, index) => ({
        path: `${path}[${index}]`,
        value: element,
      }))
    : [];
}

/** What the schema of an operator's kind has against an object. */
export function customProblems(kind: string, object: KubeObject): string[] {
  const missing = (REQUIRED[kind] ?? [])
    .flatMap(path => placesOf(object, path))
    .filter(({ value }) => value === undefined || value === null)
    .map(({ path }) => `${path}: Required value`);
  const unsupported = Object.entries(WORDS[kind] ?? {}).flatMap(
    ([path, words]) =>
      placesOf(object, path)
        .filter(
          ({ value }) =>
            value !== undefined && !words.some(word => word === value),
        )
        .map(
          place =>
            `${place.path}: Unsupported value: "${
              place.value
            }": supported values: ${words.map(word => `"${word}"`).join(', ')}`,
        ),
  );
  return [...missing, ...unsupported, ...providerProblems(kind, object)];
}

/** A store is of one provider. */
function providerProblems(kind: string, object: KubeObject): string[] {
  const { provider } = fieldsOf(object.spec);
  const count = Object.keys(fieldsOf(provider)).length;
  if (kind !== 'SecretStore' || !isFields(provider) || count === 1) {
    return [];
  }
  return [
    count === 0
      ? 'spec.provider: Invalid value: 0: spec.provider in body should have at least 1 properties'
      : `spec.provider: Too many: ${count}: must have at most 1 items`,
  ];
}
