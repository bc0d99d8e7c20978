import { Promotion, PromotionPlan } from '@envmatrix/engine';
import { FIXTURE_NOW } from './matrix';

/** A plan from staging to prod: one file, one rendered change, nine commits, one gate. */
export function planFixture(
  overrides: Partial<PromotionPlan> = {},
  now: string = FIXTURE_NOW,
): PromotionPlan {
  const kustomization = (tag: string) =>
    [
      'apiVersion: kustomize.config.k8s.io/v1beta1',
      'kind: Kustomization',
      'namespace: checkout-prod',
      'resources:',
      '  - ../../base',
      'images:',
      '  - name: checkout',
      '    newName: ghcr.io/acme/checkout',
      `    newTag: ${tag}`,
      '',
    ].join('\n');
  return {
    id: 'plan-1',
    from: 'staging',
    to: 'prod',
    revision: '41c07be9a9d1f0a6f8c4b0e1d2a3b4c5d6e7f809',
    createdAt: now,
    expiresAt: new Date(Date.parse(now) + 15 * 60_000).toISOString(),
    release: {
      from: '1.3.1',
      to: '1.4.0',
      commits: [
        {
          sha: '41c07be9a9d1f0a6',
          subject: 'Retry card payments twice',
          author: 'Ada Adams',
          link: 'https://git.example.com/acme/checkout/commit/41c07be',
        },
        {
          sha: '8be1f02a9d1f0a6f',
          subject: 'Expire baskets after a day',
          author: 'Max Miller',
        },
        {
          sha: '7aa1f02a9d1f0a6f',
          subject: 'Name the metrics',
          author: 'Ada Adams',
        },
        {
          sha: '6aa1f02a9d1f0a6f',
          subject: 'Count baskets',
          author: 'Ada Adams',
        },
      ],
    },
    files: [
      {
        path: 'apps/checkout/overlays/prod/kustomization.yaml',
        before: kustomization('1.3.1'),
        after: kustomization('1.4.0'),
      },
    ],
    changes: [
      {
        kind: 'drift',
        from: 'prod',
        to: 'prod',
        subject: 'apps/Deployment checkout',
        pointer: '/spec/template/spec/containers/checkout/image/tag',
        before: '1.3.1',
        after: '1.4.0',
        class: 'lag',
      },
      {
        kind: 'drift',
        from: 'prod',
        to: 'prod',
        subject: 'apps/Deployment checkout',
        pointer: '/spec/template/spec/containers/checkout/env/BASKET_TTL',
        before: undefined,
        after: '24h',
        class: 'expected',
        reason: 'comes with the base',
      },
    ],
    restarts: ['apps/Deployment checkout'],
    findings: {
      starts: [],
      stops: [],
      stays: [
        {
          rule: 'K8S-04',
          outcome: 'fail',
          title: 'Probes match',
          environments: ['prod'],
          subject: 'apps/Deployment checkout',
          values: {},
          locations: {},
        },
      ],
    },
    gates: [
      {
        id: 'health',
        title: 'Healthy in staging',
        state: 'open',
        reason: '2/2 ready, digest 71aa0b11…',
      },
    ],
    impact: {
      dependents: ['component:default/storefront'],
      owners: ['group:default/payments'],
    },
    way: 'pull-request',
    ...overrides,
  };
}

export function promotionFixture(
  overrides: Partial<Promotion> = {},
  now: string = FIXTURE_NOW,
): Promotion {
  return {
    id: 'promotion-1',
    plan: planFixture({}, now),
    requestedBy: 'user:default/ada',
    createdAt: now,
    state: 'proposed',
    steps: [
      {
        at: now,
        what: 'Opened pull request 7',
        by: 'user:default/ada',
        link: 'https://git.example.com/acme/checkout-deploy-config/pulls/7',
      },
    ],
    pullRequest: {
      number: 7,
      link: 'https://git.example.com/acme/checkout-deploy-config/pulls/7',
    },
    actions: ['merge', 'cancel'],
    ...overrides,
  };
}
