import { KubeError } from '../core';
import { qualifiedName, type ResourceKind } from './resources';

export const notServed = () =>
  new KubeError(
    404,
    'NotFound',
    'the server could not find the requested resource',
  );

export const notFound = (
  resource: { group: string; plural: string },
  name: string,
) =>
  new KubeError(
    404,
    'NotFound',
    `${qualifiedName(resource)} "${name}" not found`,
  );

export const forbidden = (
  resource: ResourceKind,
  name: string,
  reason: string,
) =>
  new KubeError(
    403,
    'Forbidden',
    `${qualifiedName(resource)} "${name}" is forbidden: ${reason}`,
  );

export const invalid = (
  resource: ResourceKind,
  name: string,
  problems: readonly string[],
) => {
  const kind =
    resource.group === ''
      ? resource.kind
      : `${resource.kind}.${resource.group}`;
  const list = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  return new KubeError(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`);
};
