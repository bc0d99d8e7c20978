import { Intent, IntentInput, validateIntent } from '../intent';

/** The intent of a service with three environments in two clusters, for tests. */
export function intentOf(changes: Partial<IntentInput> = {}): Intent {
  const result = validateIntent({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'checkout', owner: 'group:default/payments' },
    isolation: 'shared-nonprod',
    clusters: [
      {
        name: 'nonprod',
        environments: ['dev', 'staging'],
        argocd: { instance: 'main', destination: 'nonprod' },
      },
      {
        name: 'prod',
        environments: ['prod'],
        argocd: { instance: 'main', destination: 'prod' },
      },
    ],
    environments: [
      {
        name: 'dev',
        level: 1,
        kind: 'non-production',
        cluster: 'nonprod',
        namespace: 'checkout-dev',
        delivery: { sync: 'automatic' },
      },
      {
        name: 'staging',
        level: 5,
        kind: 'non-production',
        cluster: 'nonprod',
        namespace: 'checkout-staging',
        delivery: { sync: 'automatic', from: 'dev', way: 'commit' },
      },
      {
        name: 'prod',
        level: 10,
        kind: 'production',
        cluster: 'prod',
        namespace: 'checkout-prod',
        delivery: { sync: 'manual', from: 'staging', way: 'pull-request' },
      },
    ],
    repositories: {
      deployConfig: 'https://git.example.com/acme/checkout-deploy-config',
    },
    service: { image: 'ghcr.io/acme/checkout' },
    ...changes,
  });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
}
