import {
  ApplicationFact,
  ClusterFact,
  DesiredFact,
  KubernetesObject,
} from '../observations';
import { EnvironmentInput } from './input';
import { Known, known, map } from './known';
import { LiveWorkload, liveWorkload } from './liveWorkload';
import { Release, releaseOf } from './release';
import { isSecondHand } from './secondHand';
import { untold, whileUntold } from './untold';
import { whyUnavailable } from './whyUnavailable';

/**
 * Everything that is known of one environment, each piece with whether it is.
 */
export interface EnvironmentState {
  readonly input: EnvironmentInput;
  readonly name: string;
  readonly workload: Known<LiveWorkload>;
  readonly release: Known<Release>;
  readonly application: Known<ApplicationFact>;
  readonly desired: Known<DesiredFact>;
  readonly cluster: Known<ClusterFact>;
  /** Kubernetes version of the cluster. */
  readonly clusterVersion: Known<string>;
  readonly objects: (kind: string) => Known<readonly KubernetesObject[]>;
}

export function environmentState(
  input: EnvironmentInput,
  options: { service: string; selector: string },
): EnvironmentState {
  const { definition, targets } = input;
  // Where there are several, `placesOf` asks for one after the other.
  const [target] = targets;
  const noTarget: Known<never> = {
    observation: {
      status: 'not-configured',
      reason: `${definition.name} declares no cluster and namespace`,
    },
  };
  const workload = target
    ? liveWorkload(target, options.service, options.selector)
    : noTarget;
  const cluster: Known<ClusterFact> = target
    ? known(target.source, target.clusterFact?.value, {
        absent: `Cluster ${target.cluster} did not say`,
        observedAt: target.clusterFact?.observedAt,
        location: '/version',
      })
    : noTarget;
  return {
    input,
    name: definition.name,
    workload,
    release: releaseOf(workload, input, options.service),
    application: known(input.argocd, input.application?.value, {
      absent: `Argo CD ${input.argocd?.name} has no application for ${definition.name}`,
      observedAt: input.application?.observedAt,
      link: input.application?.value.link,
      location: input.application
        ? `Application ${input.application.value.namespace}/${input.application.value.name}`
        : undefined,
    }),
    desired: known(input.scm, input.desired?.value, {
      absent: `The desired state of ${definition.name} has not been read yet`,
      observedAt: input.desired?.observedAt,
      link: input.desired?.value.link,
      location: input.desired?.value.path,
    }),
    cluster,
    clusterVersion:
      secondHandVersion(input) ??
      map(
        cluster,
        ({ gitVersion }) => gitVersion || undefined,
        `Cluster ${target?.cluster} does not say which version it is`,
      ),
    objects: kind => {
      if (!target) {
        return noTarget;
      }
      const missing = whyUnavailable(target, kind);
      if (missing) {
        return { observation: missing };
      }
      const seen = target.objects.filter(({ value }) => value.kind === kind);
      return known(
        target.source,
        seen.length > 0 ? seen.map(({ value }) => value) : undefined,
        {
          absent: `Namespace ${target.namespace} of cluster ${target.cluster} has no ${kind}`,
          observedAt: seen[0]?.observedAt,
          location: seen[0]
            ? `${target.cluster}/${target.namespace}/${kind}/${seen[0].value.metadata.name}`
            : undefined,
        },
      );
    },
  };
}

/** Argo CD knows the versions of clusters that the portal itself does not look at. */
function secondHandVersion(input: EnvironmentInput): Known<string> | undefined {
  const { application, argocd, argocdCluster } = input;
  if (!isSecondHand(input.targets[0]?.source)) {
    return undefined;
  }
  const trouble = untold(input, 'clusters');
  const version = argocdCluster?.value.serverVersion;
  if (version !== undefined) {
    return whileUntold(
      known(argocd, version, {
        absent: '',
        observedAt: argocdCluster?.observedAt,
        location: `cluster ${argocdCluster?.value.name}`,
      }),
      trouble,
    );
  }
  return application && trouble && argocd?.status === 'observed'
    ? whileUntold({ observation: { status: 'unknown' } }, trouble)
    : undefined;
}
