import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import { entity } from '../__testUtils__/facts';
import { PushFollower } from './PushFollower';

const REPOSITORY = 'https://git.example.com/acme/checkout-deploy-config';

function tracked(
  name: string,
  annotations: Record<string, string>,
): TrackedEntity {
  return {
    entityRef: `component:default/${name}`,
    entity: { ...entity, metadata: { name, annotations } },
    versions: [],
  };
}

describe('PushFollower', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function start() {
    const looks: string[] = [];
    const follower = new PushFollower({
      entities: () => [
        tracked('checkout', {
          'environments.envmatrix.dev/intent': `url:${REPOSITORY}/src/branch/main/environments.yaml`,
        }),
        tracked('cart', {
          'environments.envmatrix.dev/intent': 'environments.yaml',
          'backstage.io/source-location': `url:${REPOSITORY}-cart/src/branch/main/`,
        }),
      ],
      look: entityRef => looks.push(entityRef),
    });
    return { follower, looks };
  }

  it.each([
    [
      'GitHub and Gitea',
      { ref: 'refs/heads/main', repository: { html_url: REPOSITORY } },
    ],
    [
      'a clone address',
      { repository: { clone_url: `${REPOSITORY.toUpperCase()}.git` } },
    ],
    ['GitLab', { project: { web_url: `${REPOSITORY}/` } }],
  ])(
    'looks at the entities of the repository, once for many pushes: %s',
    (_, push) => {
      const { follower, looks } = start();

      for (let count = 0; count < 10; count++) {
        follower.pushed(push);
      }
      expect(looks).toEqual([]);
      jest.runAllTimers();
      expect(looks).toEqual(['component:default/checkout']);

      follower.pushed(push);
      jest.runAllTimers();
      expect(looks).toHaveLength(2);
    },
  );

  it.each([
    { repository: { html_url: 'https://git.example.com/acme/other' } },
    { repository: { html_url: 'https://git.example.com/acme/check' } },
    { repository: { html_url: 'ssh://git.example.com/acme' } },
    { repository: 7 },
    'nonsense',
    undefined,
  ])('passes by what is for nobody: %j', payload => {
    const { follower, looks } = start();

    follower.pushed(payload);
    jest.runAllTimers();

    expect(looks).toEqual([]);
  });
});
