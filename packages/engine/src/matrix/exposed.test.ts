import { KubernetesObject } from '../observations';
import { environment, input, workload } from './__testUtils__/builders';
import { computeMatrix } from './computeMatrix';
import { Cell } from './types';

const READY = { type: 'Ready', status: 'True', message: 'as it should be' };

function object(
  apiVersion: string,
  kind: string,
  content: { readonly spec?: unknown; readonly status?: unknown },
): KubernetesObject {
  return { apiVersion, kind, metadata: { name: 'checkout' }, ...content };
}

const secret = (conditions: readonly unknown[], ...keys: string[]) =>
  object('external-secrets.io/v1', 'ExternalSecret', {
    spec: { data: keys.map(secretKey => ({ secretKey })) },
    status: { conditions },
  });
const store = (provider: unknown, conditions: readonly unknown[] = [READY]) =>
  object('external-secrets.io/v1', 'SecretStore', {
    spec: { provider },
    status: { conditions },
  });
const certificate = (status: unknown) =>
  object('cert-manager.io/v1', 'Certificate', {
    spec: { issuerRef: { kind: 'Issuer', name: 'checkout' } },
    status,
  });
const route = (hostname: string, conditions: readonly unknown[] = []) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', {
    spec: { hostnames: [hostname] },
    status: { parents: [{ conditions }] },
  });
const autoscaler = (minReplicas: number, maxReplicas: number) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: { scaleTargetRef: { name: 'checkout' }, minReplicas, maxReplicas },
  });
const ingress = (host: string) =>
  object('networking.k8s.io/v1', 'Ingress', { spec: { rules: [{ host }] } });

/** Each row of the groups that tell of hosts, secrets and certificates: its cells in dev and staging, in short. */
function rowsOf(
  dev: readonly KubernetesObject[],
  staging: readonly KubernetesObject[],
): Record<string, string[]> {
  const runs = workload({ version: '1.0.0' });
  const { groups } = computeMatrix(
    input({
      environments: [
        environment('dev', { objects: [...runs, ...dev] }),
        environment('staging', { objects: [...runs, ...staging] }),
      ],
    }),
  );
  const rows = groups
    .flatMap(group => group.rows)
    .filter(({ id }) =>
      /^(secrets\.|platform\.hosts|configuration\.autoscaling)/.test(id),
    );
  const text = ({ display, value, state, detail }: Cell) =>
    [display ?? value ?? '', state, detail].filter(Boolean).join('; ');
  return Object.fromEntries(
    rows.map(({ title, cells }) => [
      title,
      [text(cells.dev), text(cells.staging)],
    ]),
  );
}

describe('hosts, secrets and certificates', () => {
  it('say what is there, and never what is in it', () => {
    const vault = { vault: { server: 'https://vault.example.com' } };
    expect(
      rowsOf(
        [
          route('checkout.dev.example.com'),
          store({ fake: { data: [{ key: 'dev', value: 'made-up' }] } }),
          secret([READY], 'PAYMENT_KEY', 'DATABASE_URL'),
          certificate({
            conditions: [READY],
            notAfter: '2027-02-11T09:05:27Z',
          }),
        ],
        [
          route('checkout.staging.example.com'),
          store(vault),
          secret([READY], 'PAYMENT_KEY'),
          certificate({
            conditions: [READY],
            notAfter: '2027-01-11T09:05:27Z',
          }),
        ],
      ),
    ).toEqual({
      Hosts: ['checkout.dev.example.com', 'checkout.staging.example.com'],
      Secrets: ['DATABASE_URL, PAYMENT_KEY', 'PAYMENT_KEY'],
      'Secrets synced': ['Synced', 'Synced'],
      'Secret store': ['fake', 'vault https://vault.example.com'],
      'Certificate signed by': ['Issuer checkout', 'Issuer checkout'],
      'Certificate expires': ['2027-02-11', '2027-01-11'],
    });
  });

  it('say what is wrong, and what is still to come', () => {
    expect(
      rowsOf(
        [
          route('checkout.dev.example.com', [
            {
              type: 'ResolvedRefs',
              status: 'False',
              message: 'service checkout not found',
            },
          ]),
          store({ vault: {} }, [
            { type: 'Ready', status: 'False', message: 'permission denied' },
          ]),
          secret([READY], 'A'),
          secret(
            [{ type: 'Ready', status: 'False', message: 'no such key' }],
            'B',
          ),
          certificate({
            conditions: [
              { type: 'Ready', status: 'False', message: 'Does not exist' },
            ],
          }),
        ],
        [secret([], 'A')],
      ),
    ).toMatchObject({
      Hosts: [
        'checkout.dev.example.com; degraded; service checkout not found',
        '—',
      ],
      'Secrets synced': [
        '1 of 2; degraded; no such key',
        '0 of 1; progressing',
      ],
      'Secret store': ['vault; degraded; permission denied', '—'],
      'Certificate expires': ['not issued; degraded; Does not exist', '—'],
    });
  });

  it('name the hosts of an Ingress too', () => {
    expect(
      rowsOf([ingress('checkout.dev.example.com')], [ingress('b.example.com')]),
    ).toEqual({ Hosts: ['checkout.dev.example.com', 'b.example.com'] });
  });

  it('come with the bounds between which a service scales by itself', () => {
    expect(rowsOf([], [autoscaler(2, 4)])).toEqual({
      Autoscaling: ['—', '2 to 4 replicas'],
    });
  });

  it('leave the number of replicas to the autoscaler: another number is no drift', () => {
    const { groups } = computeMatrix(
      input({
        environments: (['dev', 'staging'] as const).map((name, index) =>
          environment(name, {
            objects: [
              ...workload({ version: '1.0.0', replicas: 2 + index }),
              autoscaler(2, 4),
            ],
          }),
        ),
        // What git declares has been read, and says nothing of the number.
        differences: [
          {
            kind: 'environment',
            from: 'dev',
            to: 'staging',
            subject: 'Namespace checkout',
            pointer: '/metadata/labels/environment',
            before: 'dev',
            after: 'staging',
            class: 'expected',
          },
        ],
      }),
    );
    const replicas = groups
      .flatMap(({ rows }) => rows)
      .find(({ id }) => id === 'configuration.replicas');
    expect(replicas?.cells).toMatchObject({
      dev: { value: '2, autoscaled' },
      staging: { value: '3, autoscaled', comparison: 'same' },
    });
  });

  it('are no rows where there is nothing to tell', () => {
    expect(rowsOf([], [])).toEqual({});
  });
});
