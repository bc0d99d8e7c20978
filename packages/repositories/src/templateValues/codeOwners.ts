import { Intent } from '@envmatrix/engine';
import { placeOf } from './pipelines';

/** Who is asked, as git hosts write it: `@person`, and a team with what it belongs to: `@acme/payments`. */
export function codeOwners(intent: Intent) {
  const own = ownerOf(intent);
  const reviewers = (intent.scm?.github?.reviewers ?? []).map(
    team => `@${team.replace(/^@/, '')}`,
  );
  return {
    service: own,
    production: reviewers.length > 0 ? reviewers.join(' ') : own,
    /** Where the owner is asked too. */
    both: [...new Set([own, ...reviewers])].join(' '),
  };
}

/** A bare name is a person's on every host, and never a team's. */
function ownerOf(intent: Intent): string {
  const { owner } = intent.metadata;
  const name = owner.slice(
    Math.max(owner.lastIndexOf('/'), owner.lastIndexOf(':')) + 1,
  );
  const organisation = placeOf(intent.repositories.deployConfig)?.owner;
  return /^user:/i.test(owner) || !organisation
    ? `@${name}`
    : `@${organisation}/${name}`;
}
