import path from 'path';
import { readTextFiles } from '@envmatrix/checkout';
import { validateIntent } from '@envmatrix/engine';
import {
  intentFromAnswers,
  renderRepositories,
  type Answers,
} from '@envmatrix/repositories';
import { fieldsOf, objectsOf } from '../cluster/values';
import { TEMPLATE } from '../paths';
import { GIT_URL, Lab, REPOSITORY } from './__testUtils__/lab';

interface Service {
  readonly answers: Partial<Answers>;
  /** Kinds beside those that every service has, in the production environment. */
  readonly kinds: readonly string[];
  /** Whether production waits for somebody who starts its sync. */
  readonly manual: boolean;
}

const environments = (
  service: string,
  dev: { readonly secrets?: 'fake' } = {},
): Answers['environments'] => [
  {
    name: 'dev',
    kind: 'non-production',
    host: `${service}.dev.example.com`,
    ...dev,
  },
  {
    name: 'staging',
    kind: 'non-production',
    host: `${service}.staging.example.com`,
    replicas: { min: 2, max: 4 },
  },
  {
    name: 'prod',
    kind: 'production',
    host: `${service}.example.com`,
    replicas: { min: 3, max: 6 },
  },
];

const REPOS = { host: new URL(GIT_URL).host, owner: REPOSITORY.owner };
const VAULT = { address: 'https://vault.example.com' };

/** Whatever the wizard offers is answered in one of them. */
const SERVICES: Readonly<Record<string, Service>> = {
  'with-gateway': {
    answers: {
      exposure: 'gateway',
      database: 'postgres',
      secrets: { ...VAULT, keys: ['DATABASE_URL', 'PAYMENT_KEY'] },
      environments: environments('with-gateway'),
    },
    kinds: [
      'ExternalSecret',
      'HTTPRoute',
      'HorizontalPodAutoscaler',
      'SecretStore',
    ],
    manual: true,
  },
  'with-ingress': {
    answers: {
      exposure: 'ingress',
      secrets: { ...VAULT, keys: ['PAYMENT_KEY'] },
      environments: environments('with-ingress', { secrets: 'fake' }),
      prodGate: ['pull-request'],
    },
    kinds: [
      'ExternalSecret',
      'HorizontalPodAutoscaler',
      'Ingress',
      'SecretStore',
    ],
    manual: false,
  },
  'in-one-cluster': {
    answers: {
      isolation: 'namespaces',
      acknowledged: true,
      clusters: { shared: 'nonprod' },
      argocd: { style: 'applicationset' },
      prodGate: ['argo-manual-sync'],
    },
    kinds: ['PriorityClass'],
    manual: true,
  },
  'with-sets': {
    answers: {
      exposure: 'gateway',
      secrets: { ...VAULT, keys: ['PAYMENT_KEY'] },
      argocd: { style: 'applicationset' },
      repos: { ...REPOS, dialect: 'github' },
      github: { reviewers: ['acme/release-managers'] },
      prodGate: ['github-environment'],
      environments: environments('with-sets'),
    },
    kinds: ['ExternalSecret', 'HTTPRoute', 'SecretStore'],
    manual: false,
  },
};

const USUAL = [
  'Deployment',
  'LimitRange',
  'Namespace',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
];

async function deployConfigOf(
  service: string,
  answers: Partial<Answers>,
): Promise<Record<string, string>> {
  const intent = validateIntent(
    intentFromAnswers(
      {
        service,
        owner: 'group:default/payments',
        system: 'shop',
        image: `ghcr.io/acme/${service}`,
        repos: REPOS,
        ...answers,
      },
      { repositoryUrl: ({ owner, name }) => `${GIT_URL}/${owner}/${name}` },
    ),
  );
  if (!intent.ok) {
    throw new Error(JSON.stringify(intent.problems));
  }
  const skeleton = await readTextFiles(
    path.join(path.dirname(TEMPLATE), 'skeleton'),
  );
  const { deployConfig } = renderRepositories({
    intent: intent.intent,
    skeleton,
  });
  return Object.fromEntries(
    deployConfig.map(({ path: file, content }) => [
      file,
      // Certificates are tried again until their namespace is there; nobody waits for that here.
      content.replace('duration: 30s', 'duration: 1s'),
    ]),
  );
}

describe('every answer of the wizard comes alive', () => {
  let lab: Lab;

  /** What is to be of some applications, in the words of `Lab.stateOf`, all of them at once. */
  async function expectToBecome(
    state: string,
    applications: readonly string[],
  ): Promise<void> {
    const expected = Object.fromEntries(
      applications.map(name => [name, state]),
    );
    const deadline = Date.now() + 120_000;
    for (;;) {
      const { body } = await lab.request('/api/v1/applications');
      const now = Object.fromEntries(
        objectsOf(fieldsOf(body).items)
          .map(({ metadata, status }) => {
            const { sync, health, operationState } = fieldsOf(status);
            return [
              String(fieldsOf(metadata).name),
              [
                fieldsOf(sync).status,
                fieldsOf(health).status,
                fieldsOf(operationState).phase ?? '-',
              ].join(' '),
            ];
          })
          .filter(([name]) => name in expected),
      );
      const isSo = applications.every(name => now[name] === state);
      if (isSo || Date.now() > deadline) {
        expect({ now, log: lab.log }).toEqual({ now: expected, log: [] });
        return;
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  const all = Object.entries(SERVICES);
  const applicationsOf = (...ends: string[]) =>
    all.flatMap(([service]) => ends.map(end => `${service}-${end}`));

  beforeAll(async () => {
    lab = await Lab.open();
    for (const [service, { answers }] of all) {
      lab.images.add(`ghcr.io/acme/${service}:0.1.0`);
      await lab.publish(
        `${service}-deploy-config`,
        await deployConfigOf(service, answers),
      );
    }
  });

  afterAll(() => lab.close());

  it('in dev and staging by itself', async () => {
    await expectToBecome(
      'Synced Healthy Succeeded',
      applicationsOf('dev', 'staging'),
    );
  });

  it('in production when somebody starts the sync, or by itself where nobody has to', async () => {
    const manual = all.flatMap(([service, definition]) =>
      definition.manual ? [`${service}-prod`] : [],
    );
    await expectToBecome('OutOfSync Missing -', manual);
    for (const application of manual) {
      await lab.sync(application, { prune: true });
    }
    await expectToBecome('Synced Healthy Succeeded', applicationsOf('prod'));
  });

  it('with what the platform watches and signs', async () => {
    const exposed = all.filter(([, { answers }]) => answers.exposure);
    await expectToBecome('Synced Healthy Succeeded', [
      ...applicationsOf('monitoring-nonprod'),
      ...exposed.flatMap(([service]) => [
        `${service}-dev-certificates`,
        `${service}-staging-certificates`,
        `${service}-prod-certificates`,
      ]),
    ]);
  });

  it.each(all)(
    '%s: has its kinds, each in sync and healthy',
    async (service, definition) => {
      const { body } = await lab.request(
        `/api/v1/applications/${service}-prod`,
      );
      const resources = objectsOf(fieldsOf(fieldsOf(body).status).resources);
      expect([...new Set(resources.map(({ kind }) => kind))].sort()).toEqual(
        expect.arrayContaining([...USUAL, ...definition.kinds].sort()),
      );
      const troubled = resources.filter(
        ({ status, health }) =>
          status !== 'Synced' ||
          (health !== undefined && fieldsOf(health).status !== 'Healthy'),
      );
      expect(troubled).toEqual([]);
    },
  );
});
