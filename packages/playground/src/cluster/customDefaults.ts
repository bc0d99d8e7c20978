import type { KubeObject } from '../core';
import {
  childOf,
  isFields,
  objectsOf,
  setDefault,
  type Fields,
} from './values';

const EVERY_PATH = { path: { type: 'PathPrefix', value: '/' } };

function route(spec: Fields): void {
  for (const parent of objectsOf(spec.parentRefs)) {
    setDefault(parent, 'group', 'gateway.networking.k8s.io');
    setDefault(parent, 'kind', 'Gateway');
  }
  setDefault(spec, 'rules', [{ matches: [EVERY_PATH] }]);
  for (const rule of objectsOf(spec.rules)) {
    setDefault(rule, 'matches', [EVERY_PATH]);
    for (const match of objectsOf(rule.matches)) {
      setDefault(match, 'path', EVERY_PATH.path);
      if (isFields(match.path)) {
        setDefault(match.path, 'type', 'PathPrefix');
        setDefault(match.path, 'value', '/');
      }
      for (const part of [
        ...objectsOf(match.headers),
        ...objectsOf(match.queryParams),
      ]) {
        setDefault(part, 'type', 'Exact');
      }
    }
    for (const backend of objectsOf(rule.backendRefs)) {
      setDefault(backend, 'group', '');
      setDefault(backend, 'kind', 'Service');
      setDefault(backend, 'weight', 1);
    }
  }
}

function remoteReference(reference: unknown): void {
  if (isFields(reference)) {
    setDefault(reference, 'conversionStrategy', 'Default');
    setDefault(reference, 'decodingStrategy', 'None');
    setDefault(reference, 'metadataPolicy', 'None');
  }
}

function externalSecret(spec: Fields): void {
  setDefault(spec, 'refreshInterval', '1h');
  const target = childOf(spec, 'target');
  setDefault(target, 'creationPolicy', 'Owner');
  setDefault(target, 'deletionPolicy', 'Retain');
  if (isFields(target.template)) {
    setDefault(target.template, 'engineVersion', 'v2');
    setDefault(target.template, 'mergePolicy', 'Replace');
  }
  objectsOf(spec.data).forEach(({ remoteRef }) => remoteReference(remoteRef));
  objectsOf(spec.dataFrom).forEach(({ extract }) => remoteReference(extract));
}

function secretStore(spec: Fields): void {
  const { vault } = childOf(spec, 'provider');
  if (!isFields(vault)) {
    return;
  }
  setDefault(vault, 'version', 'v2');
  if (isFields(vault.auth) && isFields(vault.auth.kubernetes)) {
    setDefault(vault.auth.kubernetes, 'mountPath', 'kubernetes');
  }
}

/** What the schemas of the operators' kinds fill in. */
export const CUSTOM_DEFAULTS: Readonly<
  Record<string, (object: KubeObject) => void>
> = {
  ExternalSecret: object => externalSecret(childOf(object, 'spec')),
  HTTPRoute: object => route(childOf(object, 'spec')),
  SecretStore: object => secretStore(childOf(object, 'spec')),
};
