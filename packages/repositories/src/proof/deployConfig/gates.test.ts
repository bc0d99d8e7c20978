import { Intent, proposePromotion } from '@envmatrix/engine';
import { parse } from 'yaml';
import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { RepositoryFile } from '../../types';
import { renderOverlay } from './__testUtils__/renderOverlays';

type Files = Readonly<Record<string, string>>;

const FIRST = '1'.repeat(40);
const SECOND = '2'.repeat(40);

function listOf(files: Files): RepositoryFile[] {
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

/** What Argo CD would apply: the overlay at the revision that the Application names, with the images that it names. */
function applied(
  environment: string,
  history: Readonly<Record<string, Files>>,
) {
  const [application] = Object.entries(history.main)
    .filter(([path]) => /^argocd\/application(set)?s\//.test(path))
    .map(([, text]) => parse(text))
    .filter(({ metadata }) => metadata.labels.environment === environment);
  const { source } = application.spec.template?.spec ?? application.spec;
  const files = history[source.targetRevision];
  const kustomization = `${source.path}/kustomization.yaml`;
  const [, tag] = /:([^:]+)$/.exec(source.kustomize?.images?.[0] ?? '') ?? [];
  return renderOverlay(
    source.path,
    listOf({
      ...files,
      [kustomization]:
        tag === undefined
          ? files[kustomization]
          : files[kustomization].replace(/newTag: .*/, `newTag: "${tag}"`),
    }),
  );
}

function edited(files: Files, changes: Files): Files {
  return { ...files, ...changes };
}

function release(files: Files, environment: string, version: string): Files {
  const path = `apps/checkout/overlays/${environment}/kustomization.yaml`;
  return edited(files, {
    [path]: files[path].replace(/newTag: .*/, `newTag: "${version}"`),
  });
}

function productionOf({ environments }: Intent): { to: string; from: string } {
  const production = environments.find(({ kind }) => kind === 'production');
  const from = production?.delivery.from;
  if (!production || from === undefined) {
    throw new Error('Nothing is promoted to production');
  }
  return { to: production.name, from };
}

describe('a change of the base', () => {
  it.each(COMBINATIONS.map(({ name, answers }) => [name, answers] as const))(
    '%s: reaches production with its promotion and not before',
    (_, answers) => {
      const intent = intentOfAnswers(answers);
      const { to, from } = productionOf(intent);
      const others = intent.environments
        .filter(({ kind }) => kind !== 'production')
        .map(({ name }) => name);
      const promoted = (files: Files, revision: string) =>
        edited(
          files,
          Object.fromEntries(
            proposePromotion({
              intent,
              from,
              to,
              files,
              revision,
            }).files.map(({ path, after }) => [path, after ?? '']),
          ),
        );
      const generated: Files = Object.fromEntries(
        renderAnswers(answers).deployConfig.map(({ path, content }) => [
          path,
          content,
        ]),
      );
      const first = release(generated, from, '0.2.0');
      let main = promoted(first, FIRST);
      expect(applied(to, { main, [FIRST]: first })).toContain(':0.2.0');

      const base = 'apps/checkout/base/deployment.yaml';
      main = edited(main, {
        [base]: main[base].replace(
          'terminationGracePeriodSeconds: 30',
          'terminationGracePeriodSeconds: 45',
        ),
      });
      const grace = 'terminationGracePeriodSeconds: 45';
      const history = { main, [FIRST]: first };
      for (const name of others) {
        expect(applied(name, history)).toContain(grace);
      }
      expect(applied(to, history)).not.toContain(grace);

      const second = release(main, from, '0.3.0');
      main = promoted(second, SECOND);
      const after = applied(to, { main, [FIRST]: first, [SECOND]: second });
      expect(after).toContain(grace);
      expect(after).toContain(':0.3.0');
    },
  );

  it.each(
    COMBINATIONS.filter(
      ({ answers: { prodGate } }) =>
        prodGate === undefined || prodGate.includes('argo-manual-sync'),
    ).map(({ name, answers }) => [name, answers] as const),
  )('%s: waits for the sync that a person starts, too', (_, answers) => {
    const production = renderAnswers(answers).deployConfig.filter(
      ({ path, content }) =>
        /^argocd\/application(set)?s\//.test(path) &&
        content.includes(
          `environment: ${productionOf(intentOfAnswers(answers)).to}`,
        ),
    );
    expect(production.length).toBeGreaterThan(0);
    for (const { content } of production) {
      expect(content).not.toContain('automated:');
      expect(content).toContain('No automation');
    }
  });
});
