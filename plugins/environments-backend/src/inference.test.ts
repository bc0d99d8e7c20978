import { Matrix } from '@envmatrix/engine';
import { ada, applicationFact, entity, liveFacts } from './__testUtils__/facts';
import { Portal, startPortal } from './__testUtils__/startPortal';

const annotated = (annotations: Record<string, string>) => ({
  ...entity,
  metadata: { ...entity.metadata, annotations },
});

async function feed(portal: Portal) {
  const argocd = await portal.argocd.sink();
  await argocd.upsert(
    (['dev', 'staging', 'prod'] as const).map(name => applicationFact(name)),
  );
  await argocd.state({ status: 'observed' });
  const nonprod = await portal.nonprod.sink();
  await nonprod.upsert(liveFacts('dev', '1.1.0'));
  await nonprod.state({ status: 'observed' });
}

describe('an entity without an intent', () => {
  it('has the environments that its applications tell, and says how they were found', async () => {
    const portal = await startPortal({
      entities: [
        annotated({
          'argocd/app-selector': 'app.kubernetes.io/name=checkout',
          'backstage.io/kubernetes-id': 'checkout',
        }),
        ada,
      ],
    });
    await feed(portal);

    const matrix = await portal.untilMatrix(
      ({ environments }) => environments[0]?.summary.version === '1.1.0',
    );

    expect(matrix.environments.map(({ name }) => name)).toEqual([
      'dev',
      'staging',
      'prod',
    ]);
    expect(matrix.inference).toEqual({
      from: 'applications',
      explanation: expect.arrayContaining([
        expect.stringMatching(/^dev: .* of Application .* in Argo CD main$/),
      ]),
    });
    expect(matrix.problem).toBeUndefined();
    await portal.stop();
  });

  it('claims no application of another project than its own, whatever the labels say', async () => {
    const inProject = (project: string) =>
      annotated({
        'argocd/app-selector': 'app.kubernetes.io/name=checkout',
        'argocd/project-name': project,
      });
    const portal = await startPortal({ entities: [inProject('shop'), ada] });
    const argocd = await portal.argocd.sink();
    await argocd.upsert([
      applicationFact('dev', { project: 'shop' }),
      applicationFact('staging', { project: 'shop' }),
      applicationFact('prod', { project: 'another' }),
    ]);
    await argocd.state({ status: 'observed' });
    const namesOf = ({ environments }: Matrix) =>
      environments.map(({ name }) => name);

    await portal.untilMatrix(
      found => namesOf(found).join(' ') === 'dev staging',
    );
    await argocd.upsert([applicationFact('prod', { project: 'shop' })]);
    await portal.untilMatrix(
      found => namesOf(found).join(' ') === 'dev staging prod',
    );
    await argocd.upsert([applicationFact('dev', { project: 'another' })]);
    await portal.untilMatrix(
      found => namesOf(found).join(' ') === 'staging prod',
    );
    await portal.stop();

    const other = await startPortal({ entities: [inProject('nobody'), ada] });
    const { problem } = await other.matrix();
    expect(problem).toContain("in project 'nobody'");
    await other.stop();
  });

  it('says what would be needed where it has no applications either', async () => {
    const portal = await startPortal({
      entities: [annotated({ 'argocd/app-name': 'nothing-like-it' }), ada],
    });

    const { environments, problem } = await portal.matrix();

    expect(environments).toEqual([]);
    expect(problem).toContain("no instance has one for 'nothing-like-it'");
    await portal.stop();
  });

  it('has the environments of app-config where there are some', async () => {
    const portal = await startPortal({
      entities: [annotated({ 'backstage.io/kubernetes-id': 'checkout' }), ada],
      config: {
        definitions: [
          { name: 'dev', cluster: 'nonprod', namespace: '{name}-dev' },
          {
            name: 'prod',
            kind: 'production',
            cluster: 'nowhere',
            namespace: '{name}',
          },
        ],
      },
    });
    await feed(portal);

    const matrix = await portal.untilMatrix(
      ({ environments }) => environments[0]?.summary.version === '1.1.0',
    );

    expect(matrix.inference?.from).toBe('app-config');
    // Without Argo CD, and with a cluster that the portal does not know, it says what is missing.
    expect(matrix.environments[1].summary.observations.version).toEqual(
      expect.objectContaining({
        status: 'not-configured',
        reason: expect.stringContaining("no cluster 'nowhere'"),
      }),
    );
    await portal.stop();
  });
});
