import {
  loadDeployConfig,
  loadInfrastructure,
  withTemporaryFiles,
} from '@envmatrix/checkout';
import { Finding, Intent, verify } from '@envmatrix/engine';
import { FilePlan } from '@envmatrix/repositories';
import { ServiceRepository } from './readService';

interface Checkout {
  readonly to: ServiceRepository;
  readonly plan?: FilePlan;
}

/**
 * What the rules have against the repositories that they had nothing against before, each with what to do. What was wrong already is
 * no reason against a change.
 */
export async function judgeChange(options: {
  before: Intent;
  after: Intent;
  plans: readonly { to: ServiceRepository; plan: FilePlan }[];
  now: string;
  signal?: AbortSignal;
}): Promise<string[]> {
  const { before, after, plans, now, signal } = options;
  const known = await complaints({
    intent: before,
    checkouts: plans.map(({ to }) => ({ to })),
    now,
    signal,
  });
  const keys = new Set(known.map(({ key }) => key));
  const found = await complaints({
    intent: after,
    checkouts: plans,
    now,
    signal,
  });
  return found.filter(({ key }) => !keys.has(key)).map(({ text }) => text);
}

interface Complaint {
  /** What is wrong with what, in whichever environment. */
  readonly key: string;
  readonly text: string;
}

async function complaints(options: {
  intent: Intent;
  checkouts: readonly Checkout[];
  now: string;
  signal?: AbortSignal;
}): Promise<Complaint[]> {
  const { intent, checkouts, now, signal } = options;
  const infrastructure = checkouts.find(
    ({ to }) => to.part === 'infrastructure',
  );
  const terraform =
    infrastructure &&
    (await withTemporaryFiles(filesOf(infrastructure), loadInfrastructure));
  return await withTemporaryFiles(
    checkouts
      .filter(({ to }) => to.part === 'deployConfig')
      .flatMap(checkout => filesOf(checkout)),
    async directory => {
      const config = await loadDeployConfig({ directory, intent, signal });
      const { findings, differences } = verify({
        intent,
        manifests: config.manifests,
        argocd: config.argocd,
        repository: config.repository,
        undeclared: config.undeclared,
        ...(terraform ? { infrastructure: terraform } : {}),
        now,
      });
      return [
        ...config.problems.map(({ problem }) => ({
          key: problem,
          text: problem,
        })),
        ...findings
          .filter(({ outcome }) => outcome === 'fail')
          .map(complaintOf),
        ...differences
          .filter(difference => difference.class === 'unclassified')
          .map(({ from, to, subject, pointer }) => ({
            key: `${subject} ${pointer}`,
            text: `No rule covers ${subject} ${pointer} between ${from} and ${to}`,
          })),
      ];
    },
  );
}

function filesOf({ to, plan }: Checkout) {
  const files = new Map(to.files);
  for (const { path, after } of plan?.files ?? []) {
    if (after === undefined) {
      files.delete(path);
    } else {
      files.set(path, after);
    }
  }
  return [...files].map(([path, content]) => ({ path, content }));
}

function complaintOf(finding: Finding): Complaint {
  const { rule, subject, pointer, environments, reason, remedy } = finding;
  const what = `${rule}: ${subject}${pointer ? ` ${pointer}` : ''}`;
  return {
    key: what,
    text: [`${what} (${environments.join(', ')})`, reason, remedy]
      .filter(Boolean)
      .join('. '),
  };
}
