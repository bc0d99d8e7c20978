import { Intent } from '@envmatrix/engine';
import { renderRepositories } from '../../../renderRepositories';
import { readTemplateSkeleton } from '../../../testing';

/** The skeleton without what is none of Terraform's; one file of the other repository has to remain. */
const skeleton = readTemplateSkeleton().filter(
  file =>
    !file.path.startsWith('deploy-config/') ||
    file.path === 'deploy-config/.editorconfig',
);

/** The files of the infrastructure repository, by their paths. */
export function renderInfrastructure(intent: Intent): Map<string, string> {
  return new Map(
    renderRepositories({ intent, skeleton }).infrastructure.map(file => [
      file.path,
      file.content,
    ]),
  );
}

/** Names of the roots, in the order of provisioning: those whose cluster others share come first. */
export function rootsOf(files: ReadonlyMap<string, string>): string[] {
  const names = [...files.keys()].flatMap(
    file => /^environments\/([^/]+)\/main\.tf$/.exec(file)?.[1] ?? [],
  );
  return names.sort(
    (left, right) =>
      Number(sharesCluster(files, left)) - Number(sharesCluster(files, right)),
  );
}

/** Whether a root reads the state of a platform root. */
export function sharesCluster(
  files: ReadonlyMap<string, string>,
  root: string,
): boolean {
  return /^create_cluster\s*=\s*false$/m.test(valuesOf(files, root));
}

/** The text of a root's variable file. */
export function valuesOf(
  files: ReadonlyMap<string, string>,
  root: string,
): string {
  return files.get(`environments/${root}/${root}.tfvars`) ?? '';
}
