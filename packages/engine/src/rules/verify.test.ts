import {
  argocdOf,
  effectOf,
  intentOf,
  intentOfService,
  manifestsOf,
  NOW,
  problemsOf,
  verifyFixture,
} from '../testing';
import { ManifestError } from '../model';
import { ruleCatalogue } from './catalogue';
import { verify } from './verify';

describe('verify', () => {
  it('finds nothing wrong with a service as it is created, and says what it cannot tell', () => {
    const result = verifyFixture('checkout');
    expect(problemsOf(result)).toEqual([
      'unknown K8S-12 [dev,staging,prod] checkout',
      'unknown PIPE-03 [prod] argoproj.io/AppProject checkout-prod',
    ]);
    expect(result.summary.classes).toEqual({
      expected: 20,
      lag: 0,
      violation: 0,
      unclassified: 0,
    });
  });

  it('explains every difference of a service with prefixed names, generated ConfigMaps, routes, secrets and autoscalers', () => {
    const { findings, differences, summary } = verifyFixture('orders');
    expect(
      findings.filter(
        ({ outcome }) => outcome === 'fail' || outcome === 'warn',
      ),
    ).toEqual([]);
    expect(summary.classes).toMatchObject({ violation: 0, unclassified: 0 });
    const told = differences
      .filter(({ pointer }) => !pointer.includes('labels'))
      .map(
        ({ class: judged, rule, from, to, subject, pointer }) =>
          `${judged} ${rule} ${from}>${to} ${subject} ${pointer}`,
      );
    expect(told).toEqual([
      'expected K8S-22 dev>staging ConfigMap orders-config /data/LOG_LEVEL',
      'expected K8S-08 dev>staging apps/Deployment orders /spec/replicas',
      'expected K8S-22 dev>staging apps/Deployment orders /spec/template/metadata/annotations/checksum~1config',
      'expected K8S-03 dev>staging apps/Deployment orders /spec/template/spec/containers/orders/env/ENVIRONMENT',
      'expected K8S-03 dev>staging apps/Deployment orders /spec/template/spec/containers/orders/env/PAYMENTS_URL',
      'lag K8S-02 dev>staging apps/Deployment orders /spec/template/spec/containers/orders/image',
      'lag K8S-02 dev>staging apps/Deployment orders /spec/template/spec/initContainers/migrate/image',
      'lag K8S-02 dev>staging apps/Deployment orders /spec/template/spec/initContainers/warm/image',
      'expected K8S-18 dev>staging apps/Deployment orders /spec/template/spec/topologySpreadConstraints/kubernetes.io~1hostname~1ScheduleAnyway',
      'expected K8S-18 dev>staging apps/Deployment orders /spec/template/spec/topologySpreadConstraints/topology.kubernetes.io~1zone~1ScheduleAnyway',
      'expected K8S-01 dev>staging autoscaling/HorizontalPodAutoscaler orders ',
      'lag K8S-02 dev>staging batch/CronJob cleanup /spec/jobTemplate/spec/template/spec/containers/cleanup/image',
      'expected SEC-01 dev>staging external-secrets.io/ExternalSecret orders-secrets /spec/data/database-url/remoteRef/key',
      'expected ENV-09 dev>staging gateway.networking.k8s.io/HTTPRoute orders /spec/hostnames',
      'expected K8S-01 dev>staging policy/PodDisruptionBudget orders ',
      'expected K8S-22 staging>prod ConfigMap orders-config /data/LOG_LEVEL',
      'expected K8S-22 staging>prod apps/Deployment orders /spec/template/metadata/annotations/checksum~1config',
      'expected K8S-03 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/env/ENVIRONMENT',
      'expected K8S-03 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/env/PAYMENTS_URL',
      'lag K8S-02 staging>prod apps/Deployment orders /spec/template/spec/containers/orders/image',
      'lag K8S-02 staging>prod apps/Deployment orders /spec/template/spec/initContainers/migrate/image',
      'lag K8S-02 staging>prod apps/Deployment orders /spec/template/spec/initContainers/warm/image',
      'expected K8S-08 staging>prod autoscaling/HorizontalPodAutoscaler orders /spec/maxReplicas',
      'expected K8S-08 staging>prod autoscaling/HorizontalPodAutoscaler orders /spec/minReplicas',
      'lag K8S-02 staging>prod batch/CronJob cleanup /spec/jobTemplate/spec/template/spec/containers/cleanup/image',
      'expected SEC-01 staging>prod external-secrets.io/ExternalSecret orders-secrets /spec/data/database-url/remoteRef/key',
      'expected ENV-09 staging>prod gateway.networking.k8s.io/HTTPRoute orders /spec/hostnames',
    ]);
    expect(differences.every(({ reason }) => reason)).toBe(true);
  });

  it('gives values and places of every environment, and says what to do', () => {
    const { findings, differences } = verifyFixture('checkout', {
      prod: [['path: /readyz', 'path: /ready']],
    });
    expect(findings.filter(({ outcome }) => outcome === 'fail')).toEqual([
      {
        rule: 'K8S-04',
        outcome: 'fail',
        title: 'Probes are the same everywhere',
        guideStep: 11,
        environments: ['prod'],
        subject: 'apps/Deployment checkout',
        pointer:
          '/spec/template/spec/containers/checkout/readinessProbe/httpGet/path',
        values: { dev: '/readyz', staging: '/readyz', prod: '/ready' },
        locations: {
          dev: 'dev.yaml:133',
          staging: 'staging.yaml:133',
          prod: 'prod.yaml:133',
        },
        reason: 'The readiness probe path differs between staging and prod',
        remedy: 'Define the probe in the base, and take it out of the overlay.',
      },
    ]);
    expect(
      differences.filter(difference => difference.class === 'violation'),
    ).toEqual([
      {
        kind: 'environment',
        from: 'staging',
        to: 'prod',
        subject: 'apps/Deployment checkout',
        pointer:
          '/spec/template/spec/containers/checkout/readinessProbe/httpGet/path',
        before: '/readyz',
        after: '/ready',
        class: 'violation',
        rule: 'K8S-04',
        reason: 'The readiness probe path differs between staging and prod',
      },
    ]);
  });

  it('never shows the value of a secret', () => {
    const secret = (environment: string, value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: keys\n  namespace: checkout-${environment}\n  labels: { environment: ${environment} }\nstringData:\n  password: ${value}\n`;
    const result = verify({
      intent: intentOf(),
      manifests: {
        dev: [{ name: 'dev', text: secret('dev', 'hunter1') }],
        staging: [{ name: 'staging', text: secret('staging', 'hunter2') }],
        prod: [{ name: 'prod', text: secret('prod', 'hunter3') }],
      },
      now: NOW,
    });
    expect(JSON.stringify(result)).not.toContain('hunter');
    expect(result.differences).toMatchObject([
      { class: 'expected', rule: 'SEC-01', pointer: '/stringData/password' },
      { class: 'expected', rule: 'SEC-01', pointer: '/stringData/password' },
    ]);
  });

  describe('exceptions in parity.allow', () => {
    const edits = {
      prod: [['value: "8080"', 'value: "9090"']] as [string, string][],
    };
    const pointer = '/spec/template/spec/containers/checkout/env/PORT';
    const place = `apps/Deployment checkout ${pointer}`;
    const reason = 'The port of the old load balancer';

    it.each<[string, object, string[]]>([
      [
        'an exact one turns the finding into a waiver',
        { rule: 'K8S-03', subject: 'apps/Deployment checkout', pointer },
        [`waived K8S-03 [prod] ${place}`],
      ],
      [
        'one that ends later holds to the end of its day',
        { pointer, expires: '2026-11-24' },
        [`waived K8S-03 [prod] ${place}`],
      ],
      [
        'one that has ended counts no more',
        { pointer, expires: '2026-11-23' },
        [
          `fail K8S-03 [prod] ${place}`,
          `violation K8S-03 staging>prod ${place}`,
        ],
      ],
      [
        'one for what stands above covers what is below',
        { pointer: '/spec/template/spec/containers/checkout/env' },
        [`waived K8S-03 [prod] ${place}`],
      ],
      [
        'one for a longer name covers nothing',
        { pointer: '/spec/template/spec/containers/checkout/env/PO' },
        [
          `fail K8S-03 [prod] ${place}`,
          'warn K8S-28 [dev,staging,prod] environments.yaml /parity/allow/0',
          `violation K8S-03 staging>prod ${place}`,
        ],
      ],
      [
        'one for another rule covers nothing',
        { rule: 'K8S-02', pointer },
        [
          `fail K8S-03 [prod] ${place}`,
          'warn K8S-28 [dev,staging,prod] environments.yaml /parity/allow/0',
          `violation K8S-03 staging>prod ${place}`,
        ],
      ],
      [
        'one for another environment covers nothing',
        { pointer, environments: ['staging'] },
        [
          `fail K8S-03 [prod] ${place}`,
          'warn K8S-28 [staging] environments.yaml /parity/allow/0',
          `violation K8S-03 staging>prod ${place}`,
        ],
      ],
      [
        'one for the environment covers it',
        { pointer, environments: ['prod'] },
        [`waived K8S-03 [prod] ${place}`],
      ],
    ])('%s', (_what, entry, expected) => {
      const intent = {
        ...intentOfService('checkout'),
        parity: { allow: [{ reason, ...entry }] },
      };
      expect(effectOf('checkout', edits, intent)).toEqual(expected);
    });

    it('carries reason and end, and says when it has ended', () => {
      const intent = intentOfService('checkout');
      const run = (expires: string) =>
        verifyFixture('checkout', edits, {
          ...intent,
          parity: { allow: [{ pointer, reason, expires }] },
        });
      const held = run('2027-01-31');
      expect(
        held.findings.find(({ outcome }) => outcome === 'waived'),
      ).toMatchObject({ reason, waivedUntil: '2027-01-31' });
      expect(
        held.differences.find(difference => difference.pointer === pointer),
      ).toMatchObject({ class: 'expected', rule: 'K8S-03', reason });
      expect(
        run('2026-01-31').findings.find(({ outcome }) => outcome === 'fail')
          ?.reason,
      ).toContain(`expired on 2026-01-31: ${reason}`);
    });

    it('cover differences that no rule speaks of, and findings on one environment', () => {
      const intent = {
        ...intentOfService('checkout'),
        parity: {
          allow: [
            { pointer: '/spec/paused', reason: 'Stopped for the migration' },
            { rule: 'K8S-08', reason: 'One replica is all it can have' },
          ],
        },
      };
      expect(
        effectOf(
          'checkout',
          {
            staging: [
              ['replicas: 2', 'replicas: 1'],
              [
                'progressDeadlineSeconds: 300',
                'progressDeadlineSeconds: 300\n  paused: true',
              ],
            ],
          },
          intent,
        ),
      ).toEqual([
        'waived K8S-08 [staging] apps/Deployment checkout /spec/replicas',
        'waived K8S-28 [staging] apps/Deployment checkout /spec/paused',
      ]);
    });
  });

  it('holds two environments to each other, and asks for no staging', () => {
    const base = intentOfService('checkout');
    const intent = {
      ...base,
      environments: base.environments
        .filter(({ name }) => name !== 'staging')
        .map(environment =>
          environment.name === 'prod'
            ? {
                ...environment,
                delivery: { ...environment.delivery, from: 'dev' },
              }
            : environment,
        ),
    };
    const { dev, prod } = manifestsOf('checkout');
    const { findings, differences, summary } = verify({
      intent,
      manifests: { dev, prod },
      now: NOW,
    });
    expect(summary.outcomes).toMatchObject({ fail: 0, warn: 0 });
    expect(summary.classes).toMatchObject({ violation: 0, unclassified: 0 });
    expect(differences.map(({ from, to }) => `${from}>${to}`)).toContain(
      'dev>prod',
    );
    expect(findings.find(({ rule }) => rule === 'K8S-26')).toMatchObject({
      outcome: 'not-applicable',
    });
  });

  it('says unknown, and never pass, of what was not given', () => {
    const { dev, staging } = manifestsOf('checkout');
    const { findings } = verify({
      intent: intentOfService('checkout'),
      manifests: { dev, staging },
      now: NOW,
    });
    expect(
      findings
        .filter(
          ({ outcome, missing }) =>
            outcome === 'unknown' && missing === undefined,
        )
        .map(({ rule, environments }) => `${rule} ${environments}`),
    ).toEqual([
      'ENV-01 prod',
      'K8S-12 dev,staging',
      'PIPE-01 dev,staging,prod',
      'PIPE-02 dev,staging,prod',
      'PIPE-03 dev,staging,prod',
    ]);
    expect(
      findings.filter(
        ({ outcome, environments }) =>
          outcome === 'pass' && environments.includes('prod'),
      ),
    ).toEqual([]);
    const alone = verify({
      intent: intentOfService('checkout'),
      manifests: { dev },
      now: NOW,
    });
    expect(alone.findings.find(({ rule }) => rule === 'K8S-04')).toMatchObject({
      outcome: 'unknown',
    });
  });

  it('reports what belongs to no declared environment', () => {
    const { findings } = verify({
      intent: intentOfService('checkout'),
      manifests: { ...manifestsOf('checkout'), qa: [] },
      undeclared: ['apps/checkout/overlays/old'],
      argocd: argocdOf(),
      now: NOW,
    });
    expect(
      findings
        .filter(({ rule, outcome }) => rule === 'ENV-01' && outcome === 'fail')
        .map(({ subject }) => subject),
    ).toEqual(['apps/checkout/overlays/old', 'environment qa']);
  });

  it('applies the rules that are asked for, and no others', () => {
    const { findings, differences } = verify({
      intent: intentOfService('checkout'),
      manifests: manifestsOf('checkout', {
        prod: [
          ['path: /readyz', 'path: /ready'],
          ['type: ClusterIP', 'type: NodePort'],
        ],
      }),
      rules: ['K8S-04'],
      now: NOW,
    });
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(
      new Set(['K8S-04']),
    );
    expect(differences.map(({ rule }) => rule)).toEqual(['K8S-04']);
  });

  it('refuses manifests that cannot be read', () => {
    expect(() =>
      verify({
        intent: intentOf(),
        manifests: { dev: [{ name: 'dev.yaml', text: 'a: [' }] },
        now: NOW,
      }),
    ).toThrow(ManifestError);
  });
});

describe('ruleCatalogue', () => {
  it('says of every rule what holds and what to do, and each has its say', () => {
    expect(new Set(ruleCatalogue.map(({ id }) => id)).size).toBe(
      ruleCatalogue.length,
    );
    for (const { title, semantics, remedy, sources } of ruleCatalogue) {
      expect(title).not.toBe('');
      expect(semantics).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
      expect(sources.length).toBeGreaterThan(0);
    }
    const spoken = new Set(
      verifyFixture('checkout').findings.map(({ rule }) => rule),
    );
    expect([...spoken]).toEqual(ruleCatalogue.map(({ id }) => id));
  });
});
