import type { ApplicationStore } from './applicationStore';
import type { LiveState } from './liveState';
import { permitsDestination, permitsSource } from './projectRules';
import type { AppProject, Application } from './resources';

/** Where an application goes, and under which rules. */
export interface Placement {
  readonly project: AppProject;
  readonly live: LiveState;
  /** Namespace of the destination. */
  readonly home: string;
}

/** An application's cluster and project, or why it may not or cannot go there. */
export function placementOf(
  application: Application,
  store: ApplicationStore,
  clusters: readonly LiveState[],
): Placement | { problem: string } {
  const { spec } = application;
  const { name, server, namespace = '' } = spec.destination;
  const project = store.project(spec.project);
  if (!project) {
    return {
      problem: `Application referencing project ${spec.project} which does not exist`,
    };
  }
  if (!permitsSource(project, spec.source.repoURL)) {
    return {
      problem: `application repo ${spec.source.repoURL} is not permitted in project '${spec.project}'`,
    };
  }
  if (name && server) {
    return {
      problem: `application destination can't have both name and server defined: ${name} ${server}`,
    };
  }
  const live = clusters.find(({ cluster }) =>
    name ? cluster.name === name : cluster.server === server,
  );
  if (!live) {
    return {
      problem: name
        ? `there are no clusters with this name: ${name}`
        : `error getting cluster by server "${
            server ?? ''
          }": rpc error: code = NotFound desc = cluster "${
            server ?? ''
          }" not found`,
    };
  }
  const destination = {
    name: live.cluster.name,
    server: live.cluster.server,
    namespace,
  };
  if (!permitsDestination(project, destination)) {
    return {
      problem: `application destination server '${destination.server}' and namespace '${namespace}' do not match any of the allowed destinations in project '${spec.project}'`,
    };
  }
  return { project, live, home: namespace };
}
