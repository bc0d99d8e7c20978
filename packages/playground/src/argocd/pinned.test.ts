import { Lab, REPOSITORY, until } from './__testUtils__/lab';

it('applies the commit that an Application is pinned to, with the release that it names, whatever the branch says', async () => {
  const lab = await Lab.open();
  try {
    const pinned = await lab.git.resolve(REPOSITORY, 'main');
    await lab.edit('apps/checkout/base/deployment.yaml', text =>
      text.replace('FEATURE_X', 'FEATURE_Y'),
    );
    await lab.edit('argocd/applications/checkout-prod.yaml', text =>
      text.replace(
        'targetRevision: main',
        `targetRevision: "${pinned}"
    kustomize:
      images:
        - ghcr.io/acme/checkout=ghcr.io/acme/checkout:1.3.1`,
      ),
    );
    await until('the pin is taken up', async () => {
      const { body } = await lab.request('/api/v1/applications/checkout-prod');
      return JSON.stringify(body).includes(`"targetRevision":"${pinned}"`);
    });
    await lab.sync('checkout-prod');
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    const deployment = JSON.stringify(
      await lab.cluster('prod').handle.get({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'checkout-prod',
        name: 'checkout',
      }),
    );
    expect(deployment).toContain('"image":"ghcr.io/acme/checkout:1.3.1"');
    expect(deployment).toContain('FEATURE_X');
    expect(deployment).not.toContain('FEATURE_Y');
  } finally {
    await lab.close();
  }
});
