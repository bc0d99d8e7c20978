import { findKind } from '../cluster/resources';
import type { KubeObject } from '../core';
import { matchesGlob } from './matchesGlob';
import {
  groupVersionOf,
  type AppProject,
  type Destination,
  type GroupKind,
} from './resources';

const withoutGitSuffix = (url: string) =>
  url.toLowerCase().replace(/\.git$/, '');

export function permitsSource(project: AppProject, repoURL: string): boolean {
  return (project.spec.sourceRepos ?? []).some(pattern =>
    matchesGlob(withoutGitSuffix(pattern), withoutGitSuffix(repoURL)),
  );
}

/** @param destination - of one cluster, with its name and its server both. */
export function permitsDestination(
  project: AppProject,
  destination: { name: string; server: string; namespace: string },
): boolean {
  const permits = (permitted: Destination): boolean => {
    const cluster =
      (permitted.server !== undefined &&
        matchesGlob(permitted.server, destination.server)) ||
      (permitted.name !== undefined &&
        matchesGlob(permitted.name, destination.name));
    return (
      cluster && matchesGlob(permitted.namespace ?? '', destination.namespace)
    );
  };
  return (project.spec.destinations ?? []).some(permits);
}

function isListed(list: readonly GroupKind[], object: KubeObject): boolean {
  const { group } = groupVersionOf(object.apiVersion);
  return list.some(
    entry =>
      matchesGlob(entry.group, group) &&
      matchesGlob(entry.kind, object.kind) &&
      (entry.name === undefined ||
        matchesGlob(entry.name, object.metadata.name)),
  );
}

/** Kinds that the clusters do not know belong to namespaces. */
export function isNamespaced(object: {
  apiVersion: string;
  kind: string;
}): boolean {
  return findKind(object.apiVersion, object.kind)?.namespaced ?? true;
}

/** Kinds that belong to a namespace are permitted unless a list says otherwise; the others only when a list names them. */
export function permitsKind(project: AppProject, object: KubeObject): boolean {
  const { spec } = project;
  return isNamespaced(object)
    ? (spec.namespaceResourceWhitelist === undefined ||
        isListed(spec.namespaceResourceWhitelist, object)) &&
        !isListed(spec.namespaceResourceBlacklist ?? [], object)
    : isListed(spec.clusterResourceWhitelist ?? [], object) &&
        !isListed(spec.clusterResourceBlacklist ?? [], object);
}
