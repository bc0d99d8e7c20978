import { readFileSync } from 'fs';
import path from 'path';
import { Intent, parseIntent } from '../intent';
import { verify, VerifyResult } from '../rules/verify';
import { intentOf } from './intentOf';

export const NOW = '2026-11-24T12:00:00.000Z';

export type Service = 'checkout' | 'orders';

/** Texts to replace, by environment, or by file of Argo CD. Each must occur. */
export type Edits = Readonly<Record<string, readonly [string, string][]>>;

const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

function read(service: Service, file: string): string {
  return readFileSync(
    path.join(__dirname, '__fixtures__', service, file),
    'utf8',
  );
}

function edited(text: string, name: string, edits: Edits): string {
  return (edits[name] ?? []).reduce((current, [search, replacement]) => {
    if (!current.includes(search)) {
      throw new Error(`${name} does not contain ${search}`);
    }
    return current.replace(search, () => replacement);
  }, text);
}

export function manifestsOf(service: Service, edits: Edits = {}) {
  return Object.fromEntries(
    ENVIRONMENTS.map(name => [
      name,
      [
        {
          name: `${name}.yaml`,
          text: edited(read(service, `${name}.yaml`), name, edits),
        },
      ],
    ]),
  );
}

export function argocdOf(edits: Edits = {}) {
  return ENVIRONMENTS.flatMap(environment =>
    ['application', 'project'].map(kind => {
      const name = `${kind}-${environment}`;
      return {
        name: `argocd/${name}.yaml`,
        text: edited(read('checkout', `${name}.yaml`), name, edits),
      };
    }),
  );
}

export function intentOfService(service: Service): Intent {
  if (service === 'checkout') {
    const result = parseIntent(read('checkout', 'environments.yaml'));
    if (!result.ok) {
      throw new Error(JSON.stringify(result.problems));
    }
    return result.intent;
  }
  const { clusters, environments } = intentOf();
  return intentOf({
    metadata: { name: 'orders', owner: 'group:default/payments' },
    clusters,
    environments: environments.map(environment => ({
      ...environment,
      namespace: `orders-${environment.name}`,
    })),
    service: { image: 'ghcr.io/acme/orders' },
  });
}

export function verifyFixture(
  service: Service,
  edits: Edits = {},
  intent: Intent = intentOfService(service),
): VerifyResult {
  return verify({
    intent,
    manifests: manifestsOf(service, edits),
    now: NOW,
    ...(service === 'checkout' ? { argocd: argocdOf(edits) } : {}),
  });
}

/** Everything that is not as it should be, in one line each; sources that are not given at all are left out. */
export function problemsOf({ findings, differences }: VerifyResult): string[] {
  return [
    ...findings
      .filter(
        ({ outcome, missing }) =>
          outcome === 'fail' ||
          outcome === 'warn' ||
          outcome === 'waived' ||
          (outcome === 'unknown' && missing === undefined),
      )
      .map(finding =>
        [
          finding.outcome,
          finding.rule,
          `[${finding.environments.join()}]`,
          finding.subject,
          finding.pointer,
        ]
          .filter(Boolean)
          .join(' '),
      ),
    ...differences
      .filter(difference => difference.class !== 'expected')
      .map(difference =>
        [
          difference.class,
          difference.rule,
          `${difference.from}>${difference.to}`,
          difference.subject,
          difference.pointer,
        ]
          .filter(Boolean)
          .join(' '),
      ),
  ];
}

const untouched = new Map<Service, readonly string[]>();

/** What edits bring about, beyond what there was before. A `-` stands before what they end. */
export function effectOf(
  service: Service,
  edits: Edits,
  intent?: Intent,
): string[] {
  const before = untouched.get(service) ?? problemsOf(verifyFixture(service));
  untouched.set(service, before);
  const after = problemsOf(verifyFixture(service, edits, intent));
  return [
    ...after.filter(line => !before.includes(line)),
    ...before.filter(line => !after.includes(line)).map(line => `- ${line}`),
  ];
}
