import { intentOfService, manifestsOf, NOW, Service } from '../testing';
import { assessPromotion } from './assessPromotion';

type Edit = readonly [string, string];

function assess(
  edits: readonly Edit[],
  service: Service = 'checkout',
  before: Record<string, [string, string][]> = {},
) {
  const manifests = Object.fromEntries(
    Object.entries(manifestsOf(service, before)).map(([name, [{ text }]]) => [
      name,
      text,
    ]),
  );
  return assessPromotion({
    intent: intentOfService(service),
    from: 'staging',
    to: 'prod',
    now: NOW,
    manifests,
    after: edits.reduce((text, [search, replacement]) => {
      expect(text).toContain(search);
      return text.replaceAll(search, replacement);
    }, manifests.prod),
  });
}

describe('assessPromotion', () => {
  it('shows the release that comes, and what restarts', () => {
    const { changes, restarts, findings } = assess([
      ['checkout:0.1.0', 'checkout:0.2.0'],
    ]);
    expect(changes).toEqual([
      {
        kind: 'environment',
        from: 'prod',
        to: 'prod',
        subject: 'apps/Deployment checkout',
        pointer: '/spec/template/spec/containers/checkout/image',
        before: 'ghcr.io/acme/checkout:0.1.0',
        after: 'ghcr.io/acme/checkout:0.2.0',
        class: 'lag',
        rule: 'K8S-02',
        reason: 'The release: 0.1.0 becomes 0.2.0',
      },
    ]);
    expect(restarts).toEqual(['apps/Deployment checkout']);
    expect(findings).toEqual({ starts: [], stops: [], stays: [] });
  });

  it('shows every object that follows the release', () => {
    const { changes, restarts } = assess([['1.3.1', '1.3.2']], 'orders');
    expect(new Set(changes.map(change => change.class))).toEqual(
      new Set(['lag']),
    );
    expect(restarts).toEqual([
      'apps/Deployment orders',
      'batch/CronJob cleanup',
    ]);
  });

  it('changes nothing where nothing changes', () => {
    expect(assess([])).toEqual({
      changes: [],
      restarts: [],
      obstacles: [],
      findings: { starts: [], stops: [], stays: [] },
    });
  });

  it('tells which rules begin to fail, stop failing and go on failing', () => {
    const { findings, restarts } = assess(
      [
        ['checkout:0.1.0', 'checkout:latest'],
        ['replicas: 1', 'replicas: 3'],
      ],
      'checkout',
      {
        prod: [
          ['replicas: 3', 'replicas: 1'],
          ['type: ClusterIP', 'type: LoadBalancer'],
        ],
      },
    );
    const rules = (list: readonly { rule: string }[]) =>
      list.map(({ rule }) => rule);
    expect(rules(findings.starts)).toEqual(['K8S-11']);
    expect(rules(findings.stops)).toEqual(['K8S-08']);
    expect(rules(findings.stays)).toEqual(['K8S-06']);
    expect(restarts).toEqual(['apps/Deployment checkout']);
  });

  it('does without environments that are not known', () => {
    const { prod } = manifestsOf('checkout');
    const result = assessPromotion({
      intent: intentOfService('checkout'),
      from: 'staging',
      to: 'prod',
      now: NOW,
      manifests: { prod: prod[0].text },
      after: prod[0].text.replace('checkout:0.1.0', 'checkout:0.2.0'),
    });
    expect(result.changes).toHaveLength(1);
  });

  it('foresees fields that the API server does not let be changed', () => {
    const { obstacles } = assess([
      [
        '  selector:\n    matchLabels:\n      app.kubernetes.io/name: checkout\n  strategy',
        '  selector:\n    matchLabels:\n      app.kubernetes.io/name: basket\n  strategy',
      ],
    ]);
    expect(obstacles).toMatchObject([
      {
        subject: 'apps/Deployment checkout',
        pointer: '/spec/selector/matchLabels/app.kubernetes.io~1name',
      },
    ]);
    expect(obstacles[0].reason).toContain('the sync would fail');
  });

  it('foresees keys of secrets that the environment lacks', () => {
    const { obstacles } = assess(
      [
        [
          'key: database-url\n              name',
          'key: replica-url\n              name',
        ],
      ],
      'orders',
    );
    expect(obstacles).toMatchObject([
      {
        subject: 'apps/Deployment orders',
        reason:
          'It reads key replica-url of Secret orders-secrets, which has no such key: its pods would not start',
      },
    ]);
  });

  it('sees nothing in the way of an ordinary release', () => {
    expect(assess([['1.3.1', '1.3.2']], 'orders').obstacles).toEqual([]);
  });
});
