import { Intent, IntentEnvironment } from '@envmatrix/engine';
import { approversOf } from './approvers';
import { placeOf } from './pipelines';

/** Who is asked, as git hosts write it: `@person`, and a team with what it belongs to: `@acme/payments`. */
export function codeOwners(intent: Intent) {
  const own = codeOwnerOf(intent, intent.metadata.owner);
  const reviewers = (intent.scm?.github?.reviewers ?? []).map(
    team => `@${team.replace(/^@/, '')}`,
  );
  const approvers = intent.environments
    .filter(({ kind }) => kind === 'production')
    .flatMap(environment => approverOwners(intent, environment));
  const production = [...new Set([...reviewers, ...approvers])];
  return {
    service: own,
    /** Of what reaches production, and of what decides about that. */
    production: production.length > 0 ? production.join(' ') : own,
    /** Where the owner is asked too. */
    both: [...new Set([own, ...reviewers])].join(' '),
  };
}

/** Those who approve a promotion into an environment: one of them has to, and nobody else does instead. */
export function approverOwners(
  intent: Intent,
  environment: IntentEnvironment,
): string[] {
  return [
    ...new Set(
      approversOf(environment).map(reference => codeOwnerOf(intent, reference)),
    ),
  ];
}

/** A bare name is a person's on every host, and never a team's. */
function codeOwnerOf(intent: Intent, reference: string): string {
  const name = reference.slice(
    Math.max(reference.lastIndexOf('/'), reference.lastIndexOf(':')) + 1,
  );
  const organisation = placeOf(intent.repositories.deployConfig)?.owner;
  return /^user:/i.test(reference) || !organisation
    ? `@${name}`
    : `@${organisation}/${name}`;
}
