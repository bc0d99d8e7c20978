import { Intent } from '@envmatrix/engine';
import { RenderProblem } from './problem';

/** How releases move on, and what holds production back. */
export function deliveryProblems(intent: Intent): RenderProblem[] {
  return [...gateProblems(intent), ...stepProblems(intent)];
}

function gateProblems(intent: Intent): RenderProblem[] {
  const gates = intent.prodGate;
  const github = intent.scm?.github;
  const problems: RenderProblem[] = [];
  if (gates?.includes('github-environment')) {
    if (intent.scm?.dialect !== 'github') {
      problems.push({
        field: 'prodGate',
        message:
          "'github-environment' needs repositories on GitHub; choose pull-request or argo-manual-sync",
      });
    } else if (github?.private === true && github.plan !== 'enterprise') {
      problems.push({
        field: 'prodGate',
        message:
          "'github-environment' asks reviewers, which private repositories have on GitHub Enterprise only; choose pull-request or argo-manual-sync",
      });
    } else if ((github?.reviewers ?? []).length === 0) {
      problems.push({
        field: 'scm.github.reviewers',
        message:
          "is empty, and 'github-environment' asks them; name at least one team",
      });
    }
  }
  const index = intent.environments.findIndex(
    ({ kind }) => kind === 'production',
  );
  const production = intent.environments.at(index);
  if (gates && production) {
    const manual = gates.includes('argo-manual-sync');
    if (manual !== (production.delivery.sync === 'manual')) {
      problems.push({
        field: `environments.${index}.delivery.sync`,
        message: manual
          ? "must be manual: prodGate has 'argo-manual-sync'"
          : "is manual; add 'argo-manual-sync' to prodGate, or let it be automatic",
      });
    }
    if (
      gates.includes('pull-request') &&
      production.delivery.way === 'commit'
    ) {
      problems.push({
        field: `environments.${index}.delivery.way`,
        message:
          "must be pull-request: prodGate has 'pull-request', so a commit would go round it",
      });
    }
  }
  return problems;
}

function stepProblems(intent: Intent): RenderProblem[] {
  return intent.environments.flatMap(({ delivery, name }, index) => {
    const at = `environments.${index}.delivery`;
    const problems: RenderProblem[] = [];
    if (index > 0 && delivery.from === undefined) {
      problems.push({
        field: `${at}.from`,
        message: `is missing: the environment that '${name}' is promoted from`,
      });
    }
    for (const gate of delivery.gates ?? []) {
      if (!('health' in gate)) {
        problems.push({
          field: `${at}.gates`,
          message: `the gate '${
            Object.keys(gate)[0]
          }' is not enforced yet; 'health' is`,
        });
      }
    }
    return problems;
  });
}
