import { parseIntent } from '@envmatrix/engine';
import { drawIntent } from './drawIntent';

const overlay = (text: string) =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${text}`;

const application = (path: string, more: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a }\nspec:\n  source: { repoURL: 'https://git.example.com/acme/deploy.git', path: ${path} }\n${more}`;

function drawn(files: Record<string, string>) {
  const text = drawIntent(files);
  const result = parseIntent(text);
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return { text, intent: result.intent };
}

describe('environments init', () => {
  it('draws what overlays and Applications say, and guesses nothing of it', () => {
    const { text, intent } = drawn({
      'apps/shop/overlays/prod/kustomization.yaml': overlay(
        'namespace: shop-live\nimages: [{ name: shop, newName: ghcr.io/acme/shop, newTag: 1.2.0 }]\n',
      ),
      'apps/shop/overlays/dev/kustomization.yaml': overlay(
        'namespace: shop-dev\n',
      ),
      'apps/shop/overlays/staging/kustomization.yaml': overlay(
        'namespace: shop-staging\n',
      ),
      'argocd/dev.yaml': application(
        'apps/shop/overlays/dev',
        '  destination: { name: nonprod, namespace: shop-dev }\n  syncPolicy: { automated: { prune: true } }\n',
      ),
      'argocd/staging.yaml': application(
        'apps/shop/overlays/staging',
        '  destination: { name: nonprod, namespace: shop-staging }\n  syncPolicy: { automated: {} }\n',
      ),
      'argocd/prod.yaml': application(
        'apps/shop/overlays/prod',
        '  destination: { server: "https://prod.example.com:6443", namespace: shop-live }\n',
      ),
    });
    expect(intent.metadata.name).toBe('shop');
    expect(
      intent.environments.map(
        ({ name, kind, cluster, namespace, delivery }) => [
          name,
          kind,
          cluster,
          namespace,
          delivery.sync,
          delivery.from,
        ],
      ),
    ).toEqual([
      ['dev', 'non-production', 'nonprod', 'shop-dev', 'automatic', undefined],
      [
        'staging',
        'non-production',
        'nonprod',
        'shop-staging',
        'automatic',
        'dev',
      ],
      [
        'prod',
        'production',
        'prod.example.com',
        'shop-live',
        'manual',
        'staging',
      ],
    ]);
    expect(intent.service.image).toBe('ghcr.io/acme/shop');
    expect(intent.repositories.deployConfig).toBe(
      'https://git.example.com/acme/deploy',
    );
    expect(text.match(/# \?.*/g)).toEqual([
      '# ? who answers for it?',
      '# ? shared-nonprod, separate or namespaces, if it is one of these',
    ]);
  });

  it('guesses what a repository without Applications does not say, and says so', () => {
    const { text, intent } = drawn({
      'checkout/envs/blue/kustomization.yaml': overlay(''),
      'checkout/envs/test/kustomization.yml': overlay(''),
    });
    expect(intent.environments.map(({ name, kind }) => [name, kind])).toEqual([
      ['test', 'non-production'],
      ['blue', 'production'],
    ]);
    expect(text).toContain('# ? is this its place in the order of promotion?');
    expect(text).toContain('# ? no name says production; this is the last one');
    expect(text).toContain('# ? no Application says where it runs');
  });

  it('takes several services together, and names them', () => {
    const { text, intent } = drawn({
      'cart/overlays/dev/kustomization.yaml': overlay('namespace: dev\n'),
      'cart/overlays/live/kustomization.yaml': overlay('namespace: live\n'),
      'orders/overlays/dev/kustomization.yaml': overlay('namespace: dev\n'),
      'orders/overlays/live/kustomization.yaml': overlay('namespace: live\n'),
    });
    expect(intent.metadata.name).toBe('cart');
    expect(text).toContain(
      '# ? one of cart, orders: the others are looked at with it',
    );
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'no overlays',
      { 'README.md': '# Nothing' },
      /no folder of an environment/,
    ],
    [
      'one environment alone',
      { 'overlays/prod/kustomization.yaml': overlay('') },
      /only the environment 'prod' was found/,
    ],
    [
      'a name that no environment can have',
      {
        'apps/a/overlays/Dev_1/kustomization.yaml': overlay(''),
        'apps/a/overlays/prod/kustomization.yaml': overlay(''),
      },
      /makes no intent: .* must be a DNS label/,
    ],
  ])('refuses %s with one sentence', (_, files, message) => {
    expect(() => drawIntent(files)).toThrow(message);
  });
});
