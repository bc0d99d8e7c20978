import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { argoProblems } from './__testUtils__/argoProblems';
import { terraformFiles } from '../terraform/__testUtils__/terraformFiles';
import { judge, objections } from './__testUtils__/judge';
import { objectsOf, WrittenObject } from './__testUtils__/objects';
import { typeProblems } from './__testUtils__/typeProblems';

jest.setTimeout(300_000);

/** What two repositories cannot tell of any combination: it is for clusters, plans, stores, hosts and Prometheus to tell. */
const UNKNOWN: readonly string[] = [
  'ENV-06',
  'ENV-11',
  'ENV-12',
  'K8S-12',
  'K8S-25',
  'K8S-27',
  'OBS-03',
  'OBS-06',
  'OBS-07',
  'OBS-08',
  'OBS-10',
  'OBS-11',
  'OBS-12',
  'PIPE-04',
  'PIPE-06',
  'PIPE-07',
  'PIPE-08',
  'PIPE-09',
  'PIPE-10',
  'PIPE-11',
  'SEC-04',
  'SEC-05',
  'SEC-06',
  'SEC-07',
  'SEC-09',
  'SEC-10',
  'TF-10',
  'TF-12',
  'TF-13',
  'TF-14',
  'TF-15',
  'TF-16',
  'TF-20',
];

/**
 * What the engine may warn of beside that, and what else stays open, by combination. One cluster is in one account, which keeps its states in one
 * bucket (ENV-04, TF-03); whether two names are one cluster is for the clusters to tell (ENV-02), which Applications an ApplicationSet makes is for
 * Argo CD (ENV-01), who else may sync is in its configuration (PIPE-03), whether pull requests are demanded where production syncs by itself is for the
 * git host (PIPE-02), and pipelines of GitLab are not read (PIPE-05).
 */
const OPEN: Readonly<
  Record<string, { warn?: readonly string[]; unknown: readonly string[] }>
> = {
  'five answers': { unknown: ['ENV-02', 'PIPE-03'] },
  aws: { unknown: ['ENV-02', 'PIPE-03'] },
  'aws, database, gateway': { unknown: ['ENV-02', 'PIPE-03'] },
  'aws, separate accounts, github': {
    unknown: ['ENV-02', 'PIPE-02', 'PIPE-03'],
  },
  'aws, one cluster': { warn: ['ENV-04', 'TF-03'], unknown: ['PIPE-03'] },
  'aws, two regions': { unknown: ['PIPE-03'] },
  'aws, opentofu, gitlab': { unknown: ['ENV-02', 'PIPE-03', 'PIPE-05'] },
  separate: { unknown: ['ENV-02', 'PIPE-03'] },
  'separate, ingress': { unknown: ['ENV-02', 'PIPE-03'] },
  'one cluster': { unknown: ['PIPE-03'] },
  'one cluster, secrets': { unknown: ['PIPE-03'] },
  'custom clusters': { unknown: ['PIPE-03'] },
  'two regions': { unknown: ['ENV-01'] },
  'two regions, applicationset, secrets': { unknown: ['ENV-01'] },
  'two environments': { unknown: ['ENV-02', 'PIPE-03'] },
  'two environments, github': { unknown: ['ENV-02', 'PIPE-03'] },
  'six environments, each a cluster': { unknown: ['ENV-02', 'PIPE-03'] },
  autoscaled: { unknown: ['ENV-02', 'PIPE-03'] },
  'autoscaled, secrets, windows': { unknown: ['ENV-02', 'PIPE-03'] },
  'gateway, own names': { unknown: ['ENV-02', 'PIPE-03'] },
  'ingress, traefik': { unknown: ['ENV-02', 'PIPE-03'] },
  'pull request alone': { unknown: ['ENV-02', 'PIPE-02', 'PIPE-03'] },
  'pull request alone, gitlab, opentofu': {
    unknown: ['ENV-02', 'PIPE-02', 'PIPE-03', 'PIPE-05'],
  },
  'sync by hand alone': { unknown: ['ENV-02', 'PIPE-03'] },
  'all gates': { unknown: ['ENV-02', 'PIPE-03'] },
  'environment and sync by hand': { unknown: ['ENV-02', 'PIPE-03'] },
  'applicationset, watched': { unknown: ['ENV-01', 'ENV-02'] },
  'watched, baseline': { unknown: ['ENV-02', 'PIPE-03'] },
  'made-up secrets in dev, baseline': { unknown: ['ENV-02', 'PIPE-03'] },
  'everything said': { unknown: ['ENV-02', 'PIPE-03'] },
  'everything said, one cluster, ingress, gitlab': {
    unknown: ['PIPE-03', 'PIPE-05'],
  },
  'everything said, aws, github': { unknown: ['ENV-02', 'PIPE-03'] },
  'everything said, aws, clusters one by one, gitlab': {
    unknown: ['PIPE-03', 'PIPE-05'],
  },
  'clusters one by one, github, nothing exposed': {
    unknown: ['PIPE-02', 'PIPE-03'],
  },
  'aws, one cluster with a name, github': {
    warn: ['ENV-04', 'TF-03'],
    unknown: ['PIPE-02', 'PIPE-03'],
  },
  'two environments, github, free': { unknown: ['ENV-02', 'PIPE-03'] },
  'six environments': { unknown: ['ENV-02', 'PIPE-03'] },
};

describe('both repositories of every combination', () => {
  it.each(COMBINATIONS.map(({ name, answers }) => [name, answers] as const))(
    '%s: render with kubectl, and the engine has no objection',
    async (name, answers) => {
      const { deployConfig, infrastructure } = renderAnswers(answers);
      const result = judge(
        intentOfAnswers(answers),
        { deployConfig },
        await terraformFiles(infrastructure),
      );
      expect(objections(result)).toEqual([]);
      const rulesOf = (outcome: 'warn' | 'unknown') =>
        [
          ...new Set(
            result.findings
              .filter(finding => finding.outcome === outcome)
              .map(({ rule }) => rule),
          ),
        ].sort();
      const { warn = [], unknown = [] } = OPEN[name] ?? {};
      expect({ warn: rulesOf('warn'), unknown: rulesOf('unknown') }).toEqual({
        warn,
        unknown: [...UNKNOWN, ...unknown].sort(),
      });
    },
  );
});

describe('what Argo CD makes of every combination', () => {
  it.each(COMBINATIONS.map(({ name, answers }) => [name, answers] as const))(
    '%s: comes in order, is tried again, and takes nothing with it',
    (_, answers) => {
      expect(
        argoProblems(
          objectsOf(
            intentOfAnswers(answers),
            renderAnswers(answers).deployConfig,
          ),
        ),
      ).toEqual([]);
    },
  );
});

describe('objects of all combinations', () => {
  const every: WrittenObject[] = COMBINATIONS.flatMap(({ answers, name }) =>
    objectsOf(
      intentOfAnswers(answers),
      renderAnswers(answers).deployConfig,
    ).map(object => ({ ...object, where: `${object.where}, ${name}` })),
  );

  it('are of every kind that is generated', () => {
    expect(
      [
        ...new Set(
          every.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`),
        ),
      ].sort(),
    ).toEqual(
      expect.arrayContaining([
        'apps/v1/Deployment',
        'argoproj.io/v1alpha1/AppProject',
        'argoproj.io/v1alpha1/Application',
        'argoproj.io/v1alpha1/ApplicationSet',
        'autoscaling/v2/HorizontalPodAutoscaler',
        'cert-manager.io/v1/Certificate',
        'cert-manager.io/v1/Issuer',
        'external-secrets.io/v1/ExternalSecret',
        'external-secrets.io/v1/SecretStore',
        'gateway.networking.k8s.io/v1/HTTPRoute',
        'gateway.networking.k8s.io/v1beta1/ReferenceGrant',
        'monitoring.coreos.com/v1/PrometheusRule',
        'networking.k8s.io/v1/Ingress',
        'networking.k8s.io/v1/NetworkPolicy',
        'policy/v1/PodDisruptionBudget',
        'scheduling.k8s.io/v1/PriorityClass',
        'v1/LimitRange',
        'v1/Namespace',
        'v1/ResourceQuota',
      ]),
    );
  });

  it('hold to the types of their kinds, and each kind of mistake would show', () => {
    const route = every.find(({ kind }) => kind === 'HTTPRoute');
    const store = every.find(({ kind }) => kind === 'SecretStore');
    const broken: WrittenObject[] = [
      {
        where: 'an unknown field',
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        value: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          spec: { replica: 1 },
        },
      },
      {
        where: 'a wrong value',
        apiVersion: `${route?.apiVersion}`,
        kind: 'HTTPRoute',
        value: {
          ...route?.value,
          spec: { rules: [{ matches: [{ path: { type: 'Glob' } }] }] },
        },
      },
      {
        where: 'a version that is gone',
        apiVersion: 'external-secrets.io/v1alpha2',
        kind: 'SecretStore',
        value: { ...store?.value, apiVersion: 'external-secrets.io/v1alpha2' },
      },
    ];
    const problems = typeProblems([...every, ...broken]);
    expect(
      problems.filter(
        problem => !broken.some(({ where }) => problem.includes(where)),
      ),
    ).toEqual([]);
    for (const { where } of broken) {
      expect(problems.some(problem => problem.includes(where))).toBe(true);
    }
  });
});
