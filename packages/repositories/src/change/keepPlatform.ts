import { Intent } from '@envmatrix/engine';
import { overlap } from '../networks';
import { rootValues } from '../templateValues/roots';
import { RenderError } from '../types';

/**
 * Terraform roots and networks follow from which environments there are. Where that has changed, clusters that were there before are told to
 * stay in the root that has their state, and in the network that they are in.
 */
export function keepPlatform(before: Intent, after: Intent): Intent {
  const makers = makersOf(before);
  const plain = makersOf({
    ...after,
    clusters: after.clusters.map(cluster => withoutRoot(cluster)),
    vpcCidr: undefined,
  });
  const kept = after.clusters.flatMap(({ name }) => makers.get(name) ?? []);
  const networks = Object.fromEntries(
    kept.flatMap(({ cluster_name: cluster, name, vpc_cidr: network }) => {
      const chosen = [name, cluster].find(
        key => before.vpcCidr?.[key] !== undefined,
      );
      return chosen !== undefined || plain.get(cluster)?.vpc_cidr !== network
        ? [[chosen ?? cluster, network]]
        : [];
    }),
  );
  const used = kept.map(root => root.vpc_cidr);
  for (const [cluster, { vpc_cidr: network }] of plain) {
    if (
      !makers.has(cluster) &&
      used.some(candidate => overlap(candidate, network))
    ) {
      networks[cluster] = freeNetwork(used);
    }
  }
  const { vpcCidr: _, ...rest } = after;
  return {
    ...rest,
    clusters: after.clusters.map(cluster => {
      const maker = makers.get(cluster.name)?.name;
      return maker === undefined || maker === plain.get(cluster.name)?.name
        ? withoutRoot(cluster)
        : { ...cluster, terraformRoot: maker };
    }),
    ...(Object.keys(networks).length > 0 ? { vpcCidr: networks } : {}),
  };
}

type Cluster = Intent['clusters'][number];

/** The root that makes each cluster. */
function makersOf(intent: Intent) {
  return new Map(
    rootValues(intent)
      .filter(root => root.create_cluster)
      .map(root => [root.cluster_name, root]),
  );
}

/** As networks are numbered, the first that nobody has. */
function freeNetwork(used: readonly string[]): string {
  const numbered = Array.from(
    { length: 25 },
    (_, index) => `10.${10 * (index + 1)}.0.0/16`,
  );
  const free = numbered.find(
    network => !used.some(candidate => overlap(candidate, network)),
  );
  if (free === undefined) {
    throw new RenderError(
      'vpcCidr',
      'every network that would be given is taken; name one in environments.yaml first',
    );
  }
  return free;
}

function withoutRoot({ terraformRoot: _, ...cluster }: Cluster): Cluster {
  return cluster;
}
