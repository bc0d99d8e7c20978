import { Intent, IntentEnvironment } from '@envmatrix/engine';
import { approversOf } from '../templateValues/approvers';
import { RenderProblem } from './problem';

/** How releases move on, and what holds production back. */
export function deliveryProblems(intent: Intent): RenderProblem[] {
  return [
    ...gateProblems(intent),
    ...stepProblems(intent),
    ...approvalProblems(intent),
  ];
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
    const idle = (delivery.gates ?? [])
      .flatMap(gate => Object.keys(gate))
      .filter(gate => gate !== 'health');
    if (index === 0 && delivery.from === undefined && idle.length > 0) {
      problems.push({
        field: `${at}.gates`,
        message: `has ${idle.join(
          ', ',
        )}, which nothing asks: releases arrive in '${name}' by themselves; put it where they are promoted to`,
      });
    }
    return problems;
  });
}

/**
 * Whole entity reference of those who can agree, in small letters: that is how the portal knows to whom a person belongs, and a shorter
 * one would fit nobody.
 */
const APPROVER =
  /^(group|user):[a-z0-9]([a-z0-9-]*[a-z0-9])?\/[a-z0-9]([-_.a-z0-9]*[a-z0-9])?$/;

function approvalProblems(intent: Intent): RenderProblem[] {
  return intent.environments.flatMap((environment, index) => {
    const at = `environments.${index}.delivery`;
    const approvers = approversOf(environment);
    const problems = approvers
      .filter(reference => !APPROVER.test(reference))
      .map(reference => ({
        field: `${at}.gates`,
        message: `asks '${reference}' for an approval, whom nobody can be; write the whole reference of a group or a user in small letters, such as group:default/release-managers`,
      }));
    return approvers.length > 0 &&
      environment.delivery.way === 'workflow' &&
      !asksInWorkflow(intent, environment)
      ? [
          ...problems,
          {
            field: `${at}.way`,
            message:
              "is workflow, and no workflow waits for the approval that the gates ask: add 'github-environment' to prodGate where it is production, or choose pull-request or commit",
          },
        ]
      : problems;
  });
}

function asksInWorkflow(intent: Intent, { kind }: IntentEnvironment): boolean {
  return (
    kind === 'production' &&
    (intent.prodGate?.includes('github-environment') ?? false)
  );
}
