import { proposePromotion } from '@envmatrix/engine';
import { parse } from 'yaml';
import { COMBINATIONS, intentOfAnswers, renderAnswers } from '../../testing';
import { RepositoryFile } from '../../types';
import { renderOverlay } from './__testUtils__/renderOverlays';

jest.setTimeout(120_000);

type Files = Readonly<Record<string, string>>;

const FIRST = '1'.repeat(40);
const SECOND = '2'.repeat(40);

const pinned = COMBINATIONS.filter(
  ({ answers: { prodGate } }) =>
    prodGate !== undefined && !prodGate.includes('argo-manual-sync'),
);
const byHand = COMBINATIONS.filter(
  combination => !pinned.includes(combination),
);

function listOf(files: Files): RepositoryFile[] {
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

/** What Argo CD would apply: the overlay at the revision that the Application names, with the images that it names. */
function applied(
  environment: string,
  history: Readonly<Record<string, Files>>,
) {
  const [application] = ['applications', 'applicationsets'].flatMap(folder => {
    const text = history.main[`argocd/${folder}/checkout-${environment}.yaml`];
    return text === undefined ? [] : [parse(text)];
  });
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

describe('a change of the base', () => {
  it.each(pinned.map(({ name, answers }) => [name, answers] as const))(
    '%s: reaches production with its promotion and not before',
    (_, answers) => {
      const intent = intentOfAnswers(answers);
      const promoted = (files: Files, revision: string) =>
        edited(
          files,
          Object.fromEntries(
            proposePromotion({
              intent,
              from: 'staging',
              to: 'prod',
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
      const first = release(generated, 'staging', '0.2.0');
      let main = promoted(first, FIRST);
      expect(applied('prod', { main, [FIRST]: first })).toContain(':0.2.0');

      const base = 'apps/checkout/base/deployment.yaml';
      main = edited(main, {
        [base]: main[base].replace(
          'terminationGracePeriodSeconds: 30',
          'terminationGracePeriodSeconds: 45',
        ),
      });
      const grace = 'terminationGracePeriodSeconds: 45';
      const history = { main, [FIRST]: first };
      expect(applied('dev', history)).toContain(grace);
      expect(applied('staging', history)).toContain(grace);
      expect(applied('prod', history)).not.toContain(grace);

      const second = release(main, 'staging', '0.3.0');
      main = promoted(second, SECOND);
      const after = applied('prod', { main, [FIRST]: first, [SECOND]: second });
      expect(after).toContain(grace);
      expect(after).toContain(':0.3.0');
    },
  );

  it.each(byHand.map(({ name, answers }) => [name, answers] as const))(
    '%s: waits for the sync that a person starts',
    (_, answers) => {
      const production = renderAnswers(answers).deployConfig.filter(
        ({ path, content }) =>
          /^argocd\/application(set)?s\//.test(path) &&
          content.includes(
            `environment: ${
              intentOfAnswers(answers).environments.at(-1)?.name
            }`,
          ),
      );
      expect(production.length).toBeGreaterThan(0);
      for (const { content } of production) {
        expect(content).not.toContain('automated:');
        expect(content).toContain('No automation');
      }
    },
  );
});
