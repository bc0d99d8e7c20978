import { fieldsOf, objectsOf } from '../cluster/values';
import { GIT_URL, Lab, REPOSITORY, until } from './__testUtils__/lab';
import { recording } from './__testUtils__/recordings';
import { shapeOf } from './__testUtils__/shape';

interface Broken {
  name: string;
  repository?: string;
  revision?: string;
  path?: string;
  cluster?: string;
  project?: string;
}

/** The applications that the recordings show broken, each in its way. */
const BROKEN: readonly Broken[] = [
  { name: 'broken-branch', revision: 'nowhere' },
  { name: 'broken-cluster', cluster: 'nowhere' },
  { name: 'broken-path', path: 'nowhere' },
  { name: 'broken-project', project: 'nowhere' },
  { name: 'broken-repo', repository: 'acme/none', path: '.' },
];

function manifestOf(broken: Broken): string {
  const {
    name,
    repository = `${REPOSITORY.owner}/${REPOSITORY.name}`,
    revision = 'main',
    path = 'apps/checkout/overlays/dev',
    cluster = 'nonprod',
    project = 'default',
  } = broken;
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd', annotations: { by: 'a test' } },
    spec: {
      project,
      source: {
        repoURL: `${GIT_URL}/${repository}.git`,
        path,
        targetRevision: revision,
      },
      destination: { name: cluster, namespace: 'broken' },
    },
  });
}

describe('an application that cannot be compared', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.commit(
      'Break things',
      Object.fromEntries(
        BROKEN.map(broken => [
          `argocd/applications/${broken.name}.yaml`,
          manifestOf(broken),
        ]),
      ),
    );
    await until('all are known', async () => {
      const { body } = await lab.request(
        '/api/v1/applications?project=default',
      );
      const states = objectsOf(fieldsOf(body).items).map(
        item => fieldsOf(fieldsOf(item.status).sync).status,
      );
      return states.length === 4 && states.every(state => state === 'Unknown');
    });
  });

  afterAll(() => lab.close());

  const NAMES = BROKEN.map(({ name }) => name).filter(
    name => name !== 'broken-project',
  );

  it.each(NAMES)('%s says what is wrong, as recorded', async name => {
    const { body, status } = await lab.request(`/api/v1/applications/${name}`);
    const recorded = fieldsOf(recording(`application/${name}`).response.body);
    expect(status).toBe(200);
    expect(shapeOf(body)).toEqual(shapeOf(recorded));
    const facts = (application: unknown) => {
      const { sync, health, conditions } = fieldsOf(
        fieldsOf(application).status,
      );
      return {
        sync: fieldsOf(sync).status,
        revision: fieldsOf(sync).revision,
        health: fieldsOf(health).status,
        conditions: objectsOf(conditions).map(({ type, message }) => [
          type,
          message,
        ]),
      };
    };
    expect(facts(body)).toEqual(facts(recorded));
  });

  it('refuses to show one whose project does not exist, and lists it nevertheless', async () => {
    const { response } = recording('application/broken-project');
    const { body, status } = await lab.request(
      '/api/v1/applications/broken-project',
    );
    expect([status, body]).toEqual([response.status, response.body]);
    const list = recording('list/with-broken');
    const listed = await lab.request(list.request.path);
    const stateOf = (value: unknown) =>
      objectsOf(fieldsOf(value).items)
        .map(({ metadata, status: state }) => ({
          name: fieldsOf(metadata).name,
          sync: fieldsOf(fieldsOf(state).sync).status,
          health: fieldsOf(fieldsOf(state).health).status,
        }))
        .filter(({ name }) => String(name).startsWith('broken'));
    expect(stateOf(listed.body)).toEqual(stateOf(list.response.body));
  });

  it('says what kustomize has to say, and keeps what was known of health', async () => {
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    const file = 'apps/checkout/overlays/dev/kustomization.yaml';
    await lab.edit(file, text => text.replace('quota.yaml', 'missing.yaml'));
    await lab.untilState('checkout-dev', 'Unknown Healthy Succeeded');
    const [condition] = await lab.conditionsOf('checkout-dev');
    expect(condition).toMatch(
      /^ComparisonError: Failed to load target state: .*kustomize build.*missing\.yaml/,
    );
    expect(condition).not.toContain(process.cwd());
    await lab.edit(file, text => text.replace('missing.yaml', 'quota.yaml'));
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    expect(await lab.conditionsOf('checkout-dev')).toEqual([]);
  });
});
