import { EnvironmentAnswer } from './answers';
import {
  ClusterAnswer,
  clustersFor,
  isPlain,
  moveToCluster,
  withRegion,
} from './clusters';
import { clusterProblems } from './clusterProblems';
import { DEFAULT_ENVIRONMENTS } from './environmentDefaults';
import { IsolationModel } from './isolation';

const [DEV, STAGING, PROD] = DEFAULT_ENVIRONMENTS;
const named = (name: string): EnvironmentAnswer => ({ ...STAGING, name });

function inside(clusters: readonly ClusterAnswer[]): string[] {
  return clusters.map(
    ({ name, environments }) => `${name}: ${environments.join(', ')}`,
  );
}

it.each<[IsolationModel, string[]]>([
  ['shared-nonprod', ['nonprod: dev, staging', 'prod: prod']],
  ['separate', ['dev: dev', 'staging: staging', 'prod: prod']],
  ['namespaces', ['shared: dev, staging, prod']],
  ['custom', ['nonprod: dev, staging', 'prod: prod']],
])('begins %s with its own clusters', (model, expected) => {
  expect(inside(clustersFor(model, DEFAULT_ENVIRONMENTS, []))).toEqual(
    expected,
  );
});

describe('clusters that something was said of', () => {
  const given: ClusterAnswer[] = [
    {
      name: 'nonprod',
      environments: ['dev', 'staging'],
      kubernetesVersion: '1.35',
    },
    { name: 'prod', environments: ['prod'], vpcCidr: '10.99.0.0/16' },
  ];

  it('keep it while environments come, go and change their names', () => {
    const [nonprod, prod] = clustersFor(
      'shared-nonprod',
      [DEV, named('qa'), { ...PROD, name: 'live' }],
      given,
    );
    expect(nonprod).toMatchObject({
      environments: ['dev', 'qa'],
      kubernetesVersion: '1.35',
    });
    expect(prod).toMatchObject({
      environments: ['live'],
      vpcCidr: '10.99.0.0/16',
    });
  });

  it('keep the regions that production has beyond its first', () => {
    const more = withRegion(given, DEFAULT_ENVIRONMENTS);
    expect(inside(more)).toEqual([
      'nonprod: dev, staging',
      'prod: prod',
      'prod-2: prod',
    ]);
    expect(
      inside(clustersFor('separate', DEFAULT_ENVIRONMENTS, more)),
    ).toContain('prod-2: prod');
  });

  it('are not the plain ones of the model any more', () => {
    expect(isPlain('shared-nonprod', DEFAULT_ENVIRONMENTS, given)).toBe(false);
    expect(
      isPlain(
        'shared-nonprod',
        DEFAULT_ENVIRONMENTS,
        clustersFor('shared-nonprod', DEFAULT_ENVIRONMENTS, []),
      ),
    ).toBe(true);
  });
});

it('moves an environment to a cluster of its own, into another, and takes along what was said of its own', () => {
  const usual = clustersFor('custom', DEFAULT_ENVIRONMENTS, []);
  const own = moveToCluster(usual, 'staging', 'mirror');
  expect(inside(clustersFor('custom', DEFAULT_ENVIRONMENTS, own))).toEqual([
    'nonprod: dev',
    'mirror: staging',
    'prod: prod',
  ]);
  const versioned = own.map(cluster =>
    cluster.name === 'mirror'
      ? { ...cluster, kubernetesVersion: '1.35' }
      : cluster,
  );
  expect(moveToCluster(versioned, 'staging', 'preview')).toContainEqual({
    name: 'preview',
    environments: ['staging'],
    kubernetesVersion: '1.35',
  });
  expect(inside(moveToCluster(own, 'staging', 'nonprod'))).toEqual([
    'nonprod: dev, staging',
    'prod: prod',
  ]);
});

it('puts an environment that is new to custom clusters beside the one before it', () => {
  const own = moveToCluster(
    clustersFor('custom', DEFAULT_ENVIRONMENTS, []),
    'staging',
    'mirror',
  );
  expect(
    inside(clustersFor('custom', [DEV, STAGING, named('qa'), PROD], own)),
  ).toEqual(['nonprod: dev', 'mirror: staging, qa', 'prod: prod']);
});

describe('what is wrong with clusters', () => {
  function problems(
    clusters: ClusterAnswer[],
    context: { model?: IsolationModel; isAws?: boolean } = {},
  ): string[] {
    return clusterProblems(clusters, {
      model: context.model ?? 'custom',
      isAws: context.isAws ?? false,
      environments: DEFAULT_ENVIRONMENTS,
    }).map(
      ({ cluster, setting, message }) =>
        `${clusters[cluster].name} ${setting}: ${message}`,
    );
  }
  const nonprod: ClusterAnswer = {
    name: 'nonprod',
    environments: ['dev', 'staging'],
  };
  const prod: ClusterAnswer = { name: 'prod', environments: ['prod'] };

  it('is nothing with those of every model', () => {
    for (const model of ['shared-nonprod', 'separate', 'namespaces'] as const) {
      expect(
        problems(clustersFor(model, DEFAULT_ENVIRONMENTS, []), { model }),
      ).toEqual([]);
    }
  });

  it.each<[string, ClusterAnswer[], string[]]>([
    [
      'production that shares a cluster',
      [{ name: 'all', environments: ['dev', 'staging', 'prod'] }],
      [
        'all name: Production needs a cluster of its own here; to share one, choose Namespaces',
      ],
    ],
    [
      'the name of an environment on a cluster of several',
      [{ ...nonprod, name: 'dev' }, prod],
      [
        'dev name: An environment has this name, and the cluster has several in it; both get a Terraform root',
      ],
    ],
    [
      'production ahead of the rest',
      [nonprod, { ...prod, kubernetesVersion: '1.35' }],
      [
        'nonprod kubernetesVersion: Older than 1.35 of prod: a new version reaches production last',
      ],
    ],
    [
      'versions that are far apart',
      [{ ...nonprod, kubernetesVersion: '1.36' }, prod],
      [
        'nonprod kubernetesVersion: More than one minor version away from 1.34 of prod',
        'prod kubernetesVersion: More than one minor version away from 1.36 of nonprod',
      ],
    ],
    [
      'networks that overlap',
      [nonprod, { ...prod, vpcCidr: '10.10.128.0/17' }],
      [
        'prod vpcCidr: Overlaps the network of nonprod; the two could never be connected',
      ],
    ],
    [
      'a network that is too small',
      [nonprod, { ...prod, vpcCidr: '10.20.0.0/24' }],
      ['prod vpcCidr: Between /16 and /20: nine subnets are cut out of it'],
    ],
    [
      'nodes that shrink',
      [nonprod, { ...prod, nodes: { type: 'standard-16', count: 5, max: 3 } }],
      ['prod nodes.max: At least the 5 that are there'],
    ],
    [
      'two clusters of production in one region',
      [
        nonprod,
        { ...prod, region: 'eu-central-1' },
        { ...prod, name: 'prod-2', region: 'eu-central-1' },
      ],
      [
        'prod region: Each cluster of production needs a region of its own',
        'prod-2 region: Each cluster of production needs a region of its own',
      ],
    ],
  ])('is %s', (_, clusters, expected) => {
    expect(problems(clusters)).toEqual(expected);
  });

  it('is an account that is none, or that production shares', () => {
    const at = (accountId: string) => ({
      aws: { accountId, region: 'eu-central-1' },
    });
    expect(
      problems(
        [
          { ...nonprod, ...at('12') },
          { ...prod, ...at('222222222222') },
        ],
        { isAws: true },
      ),
    ).toEqual(['nonprod accountId: 12 digits']);
    expect(
      problems(
        [
          { ...nonprod, ...at('222222222222') },
          { ...prod, ...at('222222222222') },
        ],
        { isAws: true },
      ),
    ).toContain(
      'prod accountId: nonprod is in this account; production needs one of its own',
    );
  });
});
