import { RevisionFollower } from './RevisionFollower';

function environment(synced: string, read: string) {
  return [
    {
      definition: {
        name: 'dev',
        level: 1,
        kind: 'non-production' as const,
        delivery: { sync: 'automatic' as const },
      },
      targets: [],
      application: {
        observedAt: '2026-01-01T00:00:00.000Z',
        value: {
          instance: 'main',
          name: 'shop-dev',
          namespace: 'argocd',
          project: 'shop-dev',
          labels: {},
          destination: { namespace: 'shop-dev' },
          sources: [],
          automated: true,
          sync: { status: 'Synced', revision: synced },
          health: { status: 'Healthy' },
          history: [],
          conditions: [],
          unhealthyResources: [],
        },
      },
      desired: {
        observedAt: '2026-01-01T00:00:00.000Z',
        value: { revision: read, path: 'apps/shop/overlays/dev' },
      },
    },
  ];
}

describe('RevisionFollower', () => {
  it('looks at git once for a revision that was not read, and again when it stays away', () => {
    let time = 0;
    const lookAtGit = jest.fn();
    const follower = new RevisionFollower({ lookAtGit, now: () => time });
    follower.follow('component:default/shop', environment('b', 'b'));
    expect(lookAtGit).not.toHaveBeenCalled();
    follower.follow('component:default/shop', environment('c', 'b'));
    follower.follow('component:default/shop', environment('c', 'b'));
    expect(lookAtGit).toHaveBeenCalledTimes(1);
    time = 10_000;
    follower.follow('component:default/shop', environment('c', 'b'));
    expect(lookAtGit.mock.calls).toEqual([
      ['component:default/shop'],
      ['component:default/shop'],
    ]);
  });
});
