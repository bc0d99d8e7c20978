import { validateIntent } from '../intent';
import { pinnedCommit } from './pinnedApplications';
import { filesAtPin, proposePromotion } from './proposePromotion';

// Of digits alone, which YAML takes for a number.
const REVISION = '1'.repeat(40);

const intentOf = () => {
  const result = validateIntent({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'checkout', owner: 'group:default/payments' },
    isolation: 'shared-nonprod',
    clusters: [
      { name: 'nonprod', environments: ['staging'] },
      { name: 'prod', environments: ['prod'] },
    ],
    environments: [
      {
        name: 'staging',
        level: 1,
        kind: 'non-production',
        cluster: 'nonprod',
        namespace: 'checkout-staging',
        delivery: { sync: 'automatic' },
      },
      {
        name: 'prod',
        level: 2,
        kind: 'production',
        cluster: 'prod',
        namespace: 'checkout-prod',
        delivery: { sync: 'automatic', from: 'staging', way: 'pull-request' },
      },
    ],
  });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
};

const overlay = (version: string) => `resources: [../../base]
images:
  - name: checkout
    newName: ghcr.io/acme/checkout
    newTag: "${version}"
`;

const application = (kustomize: string) => `kind: Application
spec:
  source:
    # As it was promoted.
    targetRevision: main
    path: apps/checkout/overlays/prod
${kustomize}  project: checkout-prod
`;

const PINNED = `    kustomize:
      images:
        - checkout=ghcr.io/acme/checkout:1.0.0
`;

const filesWith = (text: string) => ({
  'apps/checkout/overlays/staging/kustomization.yaml': overlay('1.1.0'),
  'apps/checkout/overlays/prod/kustomization.yaml': overlay('1.0.0'),
  'argocd/applications/checkout-prod.yaml': text,
});

const propose = (text: string, revision?: string) =>
  proposePromotion({
    intent: intentOf(),
    from: 'staging',
    to: 'prod',
    files: filesWith(text),
    revision,
  }).files;

it('moves a pinned Application to the commit and to the release, and leaves the rest of it alone', () => {
  expect(propose(application(PINNED), REVISION)).toEqual([
    expect.objectContaining({
      path: 'apps/checkout/overlays/prod/kustomization.yaml',
    }),
    {
      path: 'argocd/applications/checkout-prod.yaml',
      before: application(PINNED),
      after: application(PINNED)
        .replace('targetRevision: main', `targetRevision: "${REVISION}"`)
        .replace(':1.0.0', ':1.1.0'),
    },
  ]);
});

it('moves what an ApplicationSet makes', () => {
  const set = `kind: ApplicationSet
spec:
  template:
    spec:
      source:
        targetRevision: '${'b'.repeat(40)}'
        path: apps/checkout/overlays/prod
        kustomize: { images: ["checkout=ghcr.io/acme/checkout:1.0.0"] }
`;
  expect(propose(set, REVISION)[1]).toMatchObject({
    after: set.replace('b'.repeat(40), REVISION).replace(':1.0.0', ':1.1.0'),
  });
});

it('leaves an Application alone that follows a branch', () => {
  expect(propose(application(''), REVISION)).toHaveLength(1);
});

it('says what it lacks where the commit is not known', () => {
  expect(() => propose(application(PINNED))).toThrow(
    'argocd/applications/checkout-prod.yaml is pinned to a commit',
  );
});

const OVERLAY = 'apps/checkout/overlays/prod';

it.each([
  ['a commit', [REVISION], REVISION],
  ['the same commit in two regions', [REVISION, REVISION], REVISION],
  ['two commits', [REVISION, '2'.repeat(40)], undefined],
  ['a branch', ['main'], undefined],
  ['nothing', [], undefined],
])('knows what an environment is pinned to: %s', (_, targets, expected) => {
  const files = Object.fromEntries(
    targets.map((target, index) => [
      `argocd/applications/checkout-prod-${index}.yaml`,
      application(PINNED).replace('main', `"${target}"`),
    ]),
  );
  expect(pinnedCommit({ overlay: OVERLAY, files })).toBe(expected);
  expect(
    pinnedCommit({ overlay: 'apps/checkout/overlays/dev', files }),
  ).toBeUndefined();
});

it('has the files of the pin with the release that stands beside it', () => {
  const pinned = {
    [`${OVERLAY}/kustomization.yaml`]: overlay('0.9.0'),
    'apps/checkout/base/deployment.yaml': 'kind: Deployment\n',
  };
  expect(
    filesAtPin({
      intent: intentOf(),
      environment: 'prod',
      files: filesWith(application(PINNED)),
      pinned,
    }),
  ).toEqual({ ...pinned, [`${OVERLAY}/kustomization.yaml`]: overlay('1.0.0') });
});
