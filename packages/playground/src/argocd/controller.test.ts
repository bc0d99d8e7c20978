import { Lab, REPOSITORY, until } from './__testUtils__/lab';

const DEV = 'apps/checkout/overlays/dev';

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: extra
data:
  colour: blue
`;

describe("Argo CD's controller", () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
  });

  afterEach(() => lab.close());

  const refOf = (kind: string, name: string, namespace = 'checkout-dev') => ({
    apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
    kind,
    namespace,
    name,
  });

  const live = (kind: string, name: string) =>
    lab.cluster('nonprod').handle.get(refOf(kind, name));

  async function permit(kind: string): Promise<void> {
    await lab.edit(
      'argocd/projects/checkout-dev.yaml',
      text => `${text}    - { group: '', kind: ${kind} }\n`,
    );
  }

  async function addConfigMap(): Promise<void> {
    await lab.edit(`${DEV}/kustomization.yaml`, text =>
      text.replace('- quota.yaml', '- quota.yaml\n  - extra.yaml'),
    );
    await lab.commit('Add an object', { [`${DEV}/extra.yaml`]: CONFIG_MAP });
  }

  it('marks what it applies as its own', async () => {
    const deployment = await live('Deployment', 'checkout');
    expect(deployment?.metadata.annotations).toMatchObject({
      'argocd.argoproj.io/tracking-id':
        'checkout-dev:apps/Deployment:checkout-dev/checkout',
    });
  });

  it('creates what appears in git and prunes what goes, with automated sync', async () => {
    await permit('ConfigMap');
    await addConfigMap();
    await until('the ConfigMap lives', async () => {
      return (await live('ConfigMap', 'extra')) !== undefined;
    });
    await lab.edit(`${DEV}/kustomization.yaml`, text =>
      text.replace('\n  - extra.yaml', ''),
    );
    await until('the ConfigMap is gone', async () => {
      return (await live('ConfigMap', 'extra')) === undefined;
    });
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    expect(await live('Deployment', 'checkout')).toBeDefined();
  });

  it('removes a field that goes from git', async () => {
    await lab.edit('apps/checkout/base/deployment.yaml', text =>
      text.replace(/ {12}- name: FEATURE_X\n.*\n/, ''),
    );
    await until('the variable is gone', async () => {
      const deployment = await live('Deployment', 'checkout');
      return !JSON.stringify(deployment?.spec).includes('FEATURE_X');
    });
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    const after = await live('Deployment', 'checkout');
    expect(JSON.stringify(after?.spec)).toContain('LOG_LEVEL');
  });

  it('does not prune without being told, and says what it left', async () => {
    await lab.sync('checkout-prod');
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    await lab.edit('apps/checkout/overlays/prod/kustomization.yaml', text =>
      text.replace('\n  - pdb.yaml', ''),
    );
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Succeeded');
    const find = async () => {
      const { body } = await lab.request('/api/v1/applications/checkout-prod');
      return JSON.stringify(body);
    };
    expect(await find()).toContain('"requiresPruning":true');
    await lab.sync('checkout-prod');
    await until('it says what it left', async () =>
      (await find()).includes('ignored (requires pruning)'),
    );
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Succeeded');
    await lab.sync('checkout-prod', { prune: true });
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    expect(await find()).toContain('"status":"Pruned"');
  });

  it('puts right what somebody changed, where it may', async () => {
    const { handle } = lab.cluster('nonprod');
    await handle.apply(
      {
        ...refOf('Service', 'checkout'),
        metadata: { name: 'checkout', namespace: 'checkout-dev' },
        spec: { selector: { app: 'other' } },
      },
      { fieldManager: 'kubectl-edit' },
    );
    await until('the selector is back', async () => {
      const service = await live('Service', 'checkout');
      return JSON.stringify(service?.spec).includes('"app":"checkout"');
    });
    const { body } = await lab.request('/api/v1/applications/checkout-dev');
    expect(body).toMatchObject({
      status: {
        operationState: {
          operation: {
            sync: {
              autoHealAttemptsCount: 1,
              resources: [{ kind: 'Service', name: 'checkout' }],
            },
            initiatedBy: { automated: true },
          },
        },
      },
    });
  });

  it('brings back what somebody deleted', async () => {
    const before = await live('ServiceAccount', 'checkout');
    await lab
      .cluster('nonprod')
      .handle.remove(refOf('ServiceAccount', 'checkout'));
    await until('there is a new one', async () => {
      const after = await live('ServiceAccount', 'checkout');
      return after !== undefined && after.metadata.uid !== before?.metadata.uid;
    });
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    expect(await lab.conditionsOf('checkout-dev')).toEqual([]);
  });

  it('does not apply a kind that the project does not permit, and does not try for ever', async () => {
    await addConfigMap();
    await lab.untilState('checkout-dev', 'OutOfSync Healthy Failed');
    const { body } = await lab.request('/api/v1/applications/checkout-dev');
    expect(body).toMatchObject({
      status: {
        operationState: {
          retryCount: 3,
          message:
            'one or more synchronization tasks are not valid: resource :ConfigMap is not permitted in project checkout-dev (retried 3 times).',
        },
      },
    });
    await until('the condition is told', async () => {
      const [condition = ''] = await lab.conditionsOf('checkout-dev');
      return condition.startsWith('SyncError: Failed last sync attempt to');
    });
    expect(await live('ConfigMap', 'extra')).toBeUndefined();
    // Once it is permitted, a person starts the sync.
    await permit('ConfigMap');
    await until('the project permits it', async () => {
      const project = await lab.request('/api/v1/projects/checkout-dev');
      return JSON.stringify(project.body).includes('ConfigMap');
    });
    await lab.sync('checkout-dev');
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    expect(await lab.conditionsOf('checkout-dev')).toEqual([]);
  });

  it.each([
    [
      'a repository',
      (text: string) => text.replace('checkout-deploy-config.git', 'other.git'),
      "InvalidSpecError: application repo http://localhost:7008/acme/checkout-deploy-config.git is not permitted in project 'checkout-dev'",
    ],
    [
      'a destination',
      (text: string) => text.replace('namespace: checkout-dev', 'namespace: x'),
      /^InvalidSpecError: application destination server 'https:\/\/localhost:\d+' and namespace 'checkout-dev' do not match any of the allowed destinations in project 'checkout-dev'$/,
    ],
  ])(
    'says that the project does not permit %s, and takes it up again',
    async (_, change, expected) => {
      await lab.edit('argocd/projects/checkout-dev.yaml', change);
      await lab.untilState('checkout-dev', 'Unknown Unknown Succeeded');
      const conditions = await lab.conditionsOf('checkout-dev');
      expect(conditions.join()).toMatch(expected);
      const project = 'argocd/projects/checkout-dev.yaml';
      const [, first] = await lab.git.log(REPOSITORY, {
        ref: 'main',
        limit: 2,
      });
      const text = await lab.git.readFile(REPOSITORY, first.sha, project);
      await lab.commit('As before', { [project]: text });
      await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    },
  );

  it('shows neither pods nor images where the project leaves out ReplicaSets', async () => {
    await lab.edit('argocd/projects/checkout-dev.yaml', text =>
      text.replace(/.*kind: ReplicaSet.*\n/, ''),
    );
    await until('images are gone', async () => {
      const { body } = await lab.request('/api/v1/applications/checkout-dev');
      return JSON.stringify(body).includes('"summary":{}');
    });
    const { body } = await lab.request(
      '/api/v1/applications/checkout-dev/resource-tree',
    );
    expect(JSON.stringify(body)).not.toMatch(/"kind":"(Pod|ReplicaSet)"/);
    expect(await lab.stateOf('checkout-dev')).toBe('Synced Healthy Succeeded');
  });

  it('forgets an Application whose file goes, and leaves what it made', async () => {
    const stream = await lab.stream('?name=checkout-dev');
    await lab.commit('Remove dev', {
      'argocd/applications/checkout-dev.yaml': undefined,
    });
    await until('it is gone', () => stream.events.at(-1)?.type === 'DELETED');
    stream.close();
    expect(await live('Deployment', 'checkout')).toBeDefined();
  });

  it('removes what an Application made when that asks for it by its finalizer', async () => {
    const file = 'argocd/applications/checkout-dev.yaml';
    await lab.edit(file, text =>
      text.replace(
        '  labels:',
        '  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n  labels:',
      ),
    );
    await until('the finalizer is taken up', async () => {
      const { body } = await lab.request('/api/v1/applications/checkout-dev');
      return JSON.stringify(body).includes('resources-finalizer');
    });
    await lab.commit('Remove dev', { [file]: undefined });
    await until('the Deployment is gone', async () => {
      return (await live('Deployment', 'checkout')) === undefined;
    });
    await until('the Application is gone', async () => {
      const { body } = await lab.request('/api/v1/applications');
      return !JSON.stringify(body).includes('"name":"checkout-dev"');
    });
    expect(await live('Service', 'checkout')).toBeUndefined();
  });

  it('keeps what was declared when a file cannot be read, and takes up the rest', async () => {
    await lab.commit('A slip', {
      'argocd/applications/slip.yaml': 'kind: Application\nmetadata: {',
      'argocd/applications/nested/other.yaml': (
        (await lab.git.readFile(
          REPOSITORY,
          'main',
          'argocd/applications/checkout-prod.yaml',
        )) ?? ''
      ).replace('name: checkout-prod', 'name: other'),
    });
    await lab.untilState('other', 'OutOfSync Missing -');
    expect(await lab.stateOf('checkout-dev')).toBe('Synced Healthy Succeeded');
    expect(lab.log.join()).toContain(
      'argocd/applications/slip.yaml is left out',
    );
  });

  it('forgets the applications of a repository that is deleted', async () => {
    await lab.argocd.stop();
    await lab.start({ timings: { reconcile: 50 } });
    await lab.git.remove(REPOSITORY);
    await until('dev is gone', async () => {
      const { status } = await lab.request('/api/v1/applications/checkout-dev');
      return status === 403;
    });
    const { body } = await lab.request('/api/v1/applications');
    expect(body).toMatchObject({ items: null });
  });

  it('says nothing while nothing changes, however often it looks', async () => {
    await lab.untilState('checkout-staging', 'Synced Healthy Succeeded');
    await lab.argocd.stop();
    await lab.start({ timings: { debounce: 25, selfHeal: 50, reconcile: 20 } });
    const stream = await lab.stream('');
    const looks = jest.spyOn(lab.git, 'resolve');
    await until(
      'it has looked a few times',
      () => looks.mock.calls.length > 30,
    );
    const seen = stream.events.length;
    looks.mockClear();
    await until('it has looked more', () => looks.mock.calls.length > 30);
    expect(stream.events).toHaveLength(seen);
    stream.close();
  });
});
