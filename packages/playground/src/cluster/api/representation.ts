import type { KubeObject } from '../../core';
import { groupVersion, type ResourceKind } from '../resources';
import { ApiError } from './status';

/** The forms in which objects can be had. */
export type Representation = 'object' | 'metadata' | 'discovery';

const NOT_ACCEPTABLE =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';

/**
 * The first of the accepted forms that there is. A Table is not among them: clients that ask for one accept plain objects too.
 */
export function negotiate(
  accept: string | undefined,
  offered: readonly Representation[],
): Representation {
  for (const range of (accept || '*/*').split(',')) {
    const [type, ...parameters] = range.split(';').map(part => part.trim());
    const as = parameters
      .find(parameter => parameter.startsWith('as='))
      ?.slice(3);
    const form = formOf(type, as);
    if (form && offered.includes(form)) {
      return form;
    }
  }
  throw new ApiError(406, 'NotAcceptable', NOT_ACCEPTABLE, {});
}

function formOf(
  type: string,
  as: string | undefined,
): Representation | undefined {
  if (!['*/*', 'application/*', 'application/json'].includes(type)) {
    return undefined;
  }
  switch (as) {
    case undefined:
      return 'object';
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return 'metadata';
    case 'APIGroupDiscoveryList':
      return 'discovery';
    default:
      return undefined;
  }
}

/** One object as the answer to a get, or in a watch. */
export function present(
  resource: ResourceKind,
  object: KubeObject,
  as: Representation,
): Record<string, unknown> {
  if (as === 'metadata') {
    return {
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: object.metadata,
    };
  }
  const { kind, apiVersion, ...rest } = object;
  return { kind: resource.kind, apiVersion: groupVersion(resource), ...rest };
}

/** A list of objects, whose items repeat kind and version only when they are custom resources. */
export function presentList(
  resource: ResourceKind,
  objects: readonly KubeObject[],
  metadata: Record<string, unknown>,
  as: Representation,
): Record<string, unknown> {
  if (as === 'metadata') {
    const items = objects.map(object => present(resource, object, as));
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items,
    };
  }
  const items = resource.isCustom
    ? objects.map(object => present(resource, object, as))
    : objects.map(({ kind, apiVersion, ...rest }) => rest);
  return {
    kind: `${resource.kind}List`,
    apiVersion: groupVersion(resource),
    metadata: resource.isCustom ? { continue: '', ...metadata } : metadata,
    items,
  };
}
