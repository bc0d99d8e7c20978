import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { argoProblems } from './__testUtils__/argoProblems';
import { judge, objections } from './__testUtils__/judge';
import { objectsOf, WrittenObject } from './__testUtils__/objects';
import { typeProblems } from './__testUtils__/typeProblems';

jest.setTimeout(300_000);

/** What the engine may warn of, and why that is so. */
const WARNINGS: Readonly<Record<string, string>> = {
  'ENV-04: prod is in the account of dev and staging, 555555555555':
    'one cluster is in one account',
};

describe('deploy-config of every combination', () => {
  it.each(COMBINATIONS.map(({ name, answers }) => [name, answers] as const))(
    '%s: renders with kubectl, and the engine has no objection',
    (_, answers) => {
      const intent = intentOfAnswers(answers);
      const result = judge(intent, renderAnswers(answers));
      expect(objections(result)).toEqual([]);
      const warned = result.findings
        .filter(({ outcome }) => outcome === 'warn')
        .map(({ rule, reason }) => `${rule}: ${reason}`);
      expect(warned.filter(warning => !(warning in WARNINGS))).toEqual([]);
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
