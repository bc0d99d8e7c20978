import { Intent, targetsOf } from '@envmatrix/engine';
import { DEFAULT_KUBERNETES_VERSION } from '../defaults';
import { overlap } from '../networks';
import { rootValues } from '../templateValues/roots';
import { RenderProblem } from './problem';

/** Clusters, accounts and networks: whether they keep apart what the isolation model says. */
export function clusterProblems(intent: Intent): RenderProblem[] {
  return [
    ...isolationProblems(intent),
    ...membershipProblems(intent),
    ...versionProblems(intent),
    ...accountProblems(intent),
    ...networkProblems(intent),
  ];
}

function occupants(intent: Intent, cluster: string) {
  return intent.environments.filter(environment =>
    targetsOf(environment).some(target => target.cluster === cluster),
  );
}

function isolationProblems(intent: Intent): RenderProblem[] {
  const { isolation } = intent;
  if (isolation === 'namespaces' && intent.acknowledged !== true) {
    return [
      {
        field: 'acknowledged',
        message:
          "must be true with isolation 'namespaces': production shares its control plane and nodes with the others, and only namespaces and Argo CD projects keep them apart",
      },
    ];
  }
  if (isolation === 'namespaces') {
    return [];
  }
  return intent.clusters.flatMap((cluster, index): RenderProblem[] => {
    const inside = occupants(intent, cluster.name);
    const others = inside.filter(({ kind }) => kind !== 'production');
    if (others.length > 0 && others.length < inside.length) {
      return [
        {
          field: `clusters.${index}`,
          message: `'${cluster.name}' holds ${others
            .map(({ name }) => name)
            .join(
              ', ',
            )} beside production; give production a cluster of its own, or choose isolation 'namespaces'`,
        },
      ];
    }
    return isolation === 'separate' && inside.length > 1
      ? [
          {
            field: `clusters.${index}`,
            message: `'${cluster.name}' holds ${inside
              .map(({ name }) => name)
              .join(' and ')}; with isolation 'separate' each has its own`,
          },
        ]
      : [];
  });
}

function membershipProblems(intent: Intent): RenderProblem[] {
  return intent.clusters.flatMap((cluster, index): RenderProblem[] => {
    const inside = occupants(intent, cluster.name).map(({ name }) => name);
    const listed = [...cluster.environments].sort().join(', ');
    if (listed !== [...inside].sort().join(', ')) {
      return [
        {
          field: `clusters.${index}.environments`,
          message: `lists ${listed || 'none'}, but ${
            inside.join(', ') || 'none'
          } run in '${cluster.name}'; make the two agree`,
        },
      ];
    }
    const roots = intent.environments.map(({ name }) => name);
    return inside.length > 1 &&
      cluster.terraformRoot === undefined &&
      roots.includes(cluster.name)
      ? [
          {
            field: `clusters.${index}.name`,
            message: `'${cluster.name}' is also the name of an environment, and both need a Terraform root of their own`,
          },
        ]
      : [];
  });
}

function minorOf(version = DEFAULT_KUBERNETES_VERSION): number {
  return Number(version.split('.')[1]);
}

function versionProblems(intent: Intent): RenderProblem[] {
  const production = intent.clusters.filter(({ name }) =>
    occupants(intent, name).some(({ kind }) => kind === 'production'),
  );
  return intent.clusters.flatMap((cluster, index): RenderProblem[] => {
    const own = minorOf(cluster.kubernetesVersion);
    const field = `clusters.${index}.kubernetesVersion`;
    const far = intent.clusters.find(
      other => Math.abs(minorOf(other.kubernetesVersion) - own) > 1,
    );
    if (far) {
      return [
        {
          field,
          message: `1.${own} is more than one minor version away from 1.${minorOf(
            far.kubernetesVersion,
          )} of '${far.name}'; what runs in one may not run in the other`,
        },
      ];
    }
    const ahead = production.includes(cluster)
      ? undefined
      : production.find(other => minorOf(other.kubernetesVersion) > own);
    return ahead
      ? [
          {
            field,
            message: `1.${own} is older than 1.${minorOf(
              ahead.kubernetesVersion,
            )} of '${
              ahead.name
            }'; a new version of Kubernetes reaches production last`,
          },
        ]
      : [];
  });
}

function accountProblems(intent: Intent): RenderProblem[] {
  if (intent.cloud !== 'aws') {
    return [];
  }
  const lacking = intent.clusters.flatMap((cluster, index) =>
    cluster.aws
      ? []
      : [
          {
            field: `clusters.${index}.aws`,
            message: `is missing: with cloud 'aws' every cluster needs its account and region`,
          },
        ],
  );
  if (lacking.length > 0 || intent.isolation === 'namespaces') {
    return lacking;
  }
  const accountsOf = (isProduction: boolean) =>
    intent.clusters.flatMap(({ name, aws }) =>
      aws &&
      occupants(intent, name).some(
        ({ kind }) => (kind === 'production') === isProduction,
      )
        ? [aws.accountId]
        : [],
    );
  const shared = accountsOf(true).find(id => accountsOf(false).includes(id));
  return shared === undefined
    ? []
    : [
        {
          field: 'clusters',
          message: `account ${shared} holds production and others; give production an account of its own`,
        },
      ];
}

function networkProblems(intent: Intent): RenderProblem[] {
  const roots = rootValues(intent).filter(root => root.create_cluster);
  const known = new Set(roots.flatMap(root => [root.name, root.cluster_name]));
  const strange = Object.keys(intent.vpcCidr ?? {})
    .filter(name => !known.has(name))
    .map(name => ({
      field: `vpcCidr.${name}`,
      message: `'${name}' makes no network of its own; ${[...known].join(
        ', ',
      )} may`,
    }));
  return [
    ...strange,
    ...roots.flatMap((root, index): RenderProblem[] => {
      const field = `vpcCidr.${root.name}`;
      const size = Number(root.vpc_cidr.split('/')[1]);
      if (size < 16 || size > 20) {
        return [
          {
            field,
            message: `${root.vpc_cidr} must be between /16 and /20: nine subnets are cut out of it`,
          },
        ];
      }
      const other = roots
        .slice(0, index)
        .find(candidate => overlap(candidate.vpc_cidr, root.vpc_cidr));
      return other
        ? [
            {
              field,
              message: `${root.vpc_cidr} overlaps ${other.vpc_cidr} of '${other.cluster_name}'; the two could never be connected`,
            },
          ]
        : [];
    }),
  ];
}
