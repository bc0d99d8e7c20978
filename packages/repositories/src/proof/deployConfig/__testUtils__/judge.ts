import { Intent, TerraformFile, verify } from '@envmatrix/engine';
import { RenderedRepositories } from '../../../types';
import { renderOverlays } from './renderOverlays';

/** When it is, for what has an expiry. */
const NOW = '2026-11-23T12:00:00.000Z';

/** What the engine says of a deploy-config repository, and of the infrastructure beside it where that is given. */
export function judge(
  intent: Intent,
  { deployConfig }: Pick<RenderedRepositories, 'deployConfig'>,
  infrastructure?: readonly TerraformFile[],
) {
  const manifests = renderOverlays(intent, deployConfig);
  return verify({
    intent,
    manifests: Object.fromEntries(
      Object.entries(manifests).map(([name, text]) => [
        name,
        [{ name: `${name}.yaml`, text }],
      ]),
    ),
    argocd: deployConfig
      .filter(
        ({ path }) => path.startsWith('argocd/') && path.endsWith('.yaml'),
      )
      .map(({ path, content }) => ({ name: path, text: content })),
    repository: deployConfig.map(({ path, content }) => ({
      name: path,
      text: content,
    })),
    ...(infrastructure ? { infrastructure } : {}),
    now: NOW,
  });
}

/** Findings and differences that stop a change, each in a line. */
export function objections(result: ReturnType<typeof verify>): string[] {
  return [
    ...result.findings
      .filter(({ outcome }) => outcome === 'fail')
      .map(
        finding =>
          `${finding.rule} ${finding.subject} ${finding.pointer ?? ''}: ${
            finding.reason ?? finding.title
          }`,
      ),
    ...result.differences
      .filter(difference => difference.class === 'unclassified')
      .map(
        difference =>
          `unclassified ${difference.from}-${difference.to} ${difference.subject} ${difference.pointer}`,
      ),
  ];
}
