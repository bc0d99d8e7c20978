import {
  applicationFact,
  desiredFact,
  EnvironmentName,
  intentFact,
  liveFacts,
} from './facts';
import { Portal } from './startPortal';

/** Tells the portal of the service in all environments, with these versions live and in git. */
export async function runService(
  portal: Portal,
  versions: Readonly<Record<EnvironmentName, string>>,
): Promise<void> {
  const [nonprod, prod, argocd, scm] = await Promise.all(
    [portal.nonprod, portal.prod, portal.argocd, portal.scm].map(source =>
      source.sink(),
    ),
  );
  await scm.upsert([
    intentFact(),
    desiredFact('dev', versions.dev),
    desiredFact('staging', versions.staging),
    desiredFact('prod', versions.prod),
  ]);
  await nonprod.replace({ kind: 'object' }, [
    ...liveFacts('dev', versions.dev),
    ...liveFacts('staging', versions.staging),
  ]);
  await prod.replace({ kind: 'object' }, liveFacts('prod', versions.prod));
  await argocd.replace({ kind: 'application' }, [
    applicationFact('dev'),
    applicationFact('staging'),
    applicationFact('prod'),
  ]);
  for (const sink of [nonprod, prod, argocd, scm]) {
    await sink.state({ status: 'observed' });
  }
  // Also what was said last, so that nothing of it changes the matrix later on.
  const sources = [portal.nonprod, portal.prod, portal.argocd, portal.scm];
  await portal.untilMatrix(
    matrix =>
      matrix.environments.every(
        ({ name, summary }) =>
          summary.observation.status === 'observed' &&
          Object.entries(versions).some(
            ([key, version]) => key === name && summary.version === version,
          ),
      ) &&
      matrix.environments.length === 3 &&
      sources.every(source =>
        matrix.sources.some(
          ({ kind, name, status }) =>
            kind === source.kind &&
            name === source.name &&
            status === 'observed',
        ),
      ),
  );
}
