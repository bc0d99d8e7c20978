import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { Finding } from '@envmatrix/engine';

const finding = (index: number, outcome: Finding['outcome']): Finding => ({
  rule: `K8S-${String(index).padStart(2, '0')}`,
  outcome,
  title: `Rule ${index}`,
  environments: ['dev', 'staging', 'prod'],
  subject: 'apps/Deployment checkout',
  values: {},
  locations: {},
});

/** What the backend says of the wizard's answers: all is well. */
export function previewFixture(_answers?: unknown): Preview {
  return {
    intent: {},
    problems: [],
    environments: [
      {
        name: 'dev',
        title: 'dev',
        kind: 'non-production',
        runsIn: 'nonprod · checkout-dev',
        releaseArrives: 'when it is built',
        waitsFor: '–',
        replicas: '1',
        resources: '100m – 250m CPU, 128Mi – 256Mi',
        quota: '2 CPU · 2Gi · 20 pods',
      },
      {
        name: 'staging',
        title: 'staging',
        kind: 'non-production',
        runsIn: 'nonprod · checkout-staging',
        releaseArrives: 'when someone promotes it from dev',
        waitsFor: 'healthy in dev',
        replicas: '2',
        resources: '500m – 1 CPU, 512Mi – 1Gi',
        quota: '16 CPU · 32Gi · 100 pods',
      },
      {
        name: 'prod',
        title: 'prod',
        kind: 'production',
        runsIn: 'prod · checkout-prod',
        releaseArrives: 'by pull request from staging, then a sync',
        waitsFor: 'healthy in staging',
        replicas: '3',
        resources: '500m – 1 CPU, 512Mi – 1Gi',
        quota: '16 CPU · 32Gi · 100 pods',
      },
    ],
    repositories: [
      {
        kind: 'infrastructure',
        url: 'https://git.example.com/acme/checkout-infrastructure',
        files: [
          { path: 'README.md', content: '# Infrastructure of checkout\n' },
          {
            path: 'environments/dev/main.tf',
            content: 'module "network" {\n  source = "../../modules/vpc"\n}\n',
          },
          { path: 'environments/prod/main.tf', content: '# prod\n' },
          { path: 'modules/vpc/main.tf', content: '# vpc\n' },
        ],
      },
      {
        kind: 'deployConfig',
        url: 'https://git.example.com/acme/checkout-deploy-config',
        files: [
          { path: 'README.md', content: '# Deploy config of checkout\n' },
          {
            path: 'apps/checkout/base/deployment.yaml',
            content: 'apiVersion: apps/v1\nkind: Deployment\n',
          },
          {
            path: 'apps/checkout/overlays/prod/kustomization.yaml',
            content: 'namespace: checkout-prod\n',
          },
          {
            path: 'argocd/applications/checkout-prod.yaml',
            content: 'kind: Application\n',
          },
          { path: 'environments.yaml', content: 'kind: Environments\n' },
        ],
      },
    ],
    catalog: [
      'component checkout, owner payments',
      '3 environments as resources',
    ],
    findings: [
      ...Array.from({ length: 41 }, (_, index) => finding(index + 1, 'pass')),
      finding(50, 'unknown'),
      finding(51, 'unknown'),
    ],
    summary: { outcomes: { pass: 41, unknown: 2 }, classes: { expected: 9 } },
  };
}
