import { NotAllowedError } from '@backstage/errors';

/**
 * What a git host shall hold a repository to.
 *
 * @public
 */
export interface Protection {
  readonly branch: string;
  /** How a change gets to the branch; absent where anybody who may write may push, and only the history is kept. */
  readonly review?: {
    readonly approvals: number;
    /** Checks that a pull request has to pass, as the host calls them. */
    readonly checks: readonly string[];
    /** Files that are changed by commits: the only ones that may be pushed, where the host can tell files apart. */
    readonly directFiles: readonly string[];
  };
  /** Teams whose reviews count: `acme/payments`. */
  readonly codeOwners: readonly string[];
  /** Environments that workflows wait for, with the teams that have to agree. */
  readonly deployments: readonly {
    readonly environment: string;
    readonly reviewers: readonly string[];
  }[];
  /** Client id of the app that pushes releases, where the host has apps. */
  readonly deployApp?: string;
}

/**
 * One thing that a git host was asked for, and whether it does it.
 *
 * @public
 */
export interface ProtectionStep {
  /** What it is about, as a sentence without its stop: `main takes changes by pull request only`. */
  readonly what: string;
  /** Why the host refused it; absent when it is done. */
  readonly refused?: string;
}

/**
 * Does one step. What the host refuses, for want of rights or because its plan does not have it, is an answer; that it cannot be
 * reached, or does not know the portal, is an error.
 */
export async function protectionStep(
  what: string,
  run: () => Promise<void>,
): Promise<ProtectionStep> {
  try {
    await run();
    return { what };
  } catch (error) {
    if (isRefusal(error)) {
      return { what, refused: error.message };
    }
    throw error;
  }
}

const REFUSALS = [
  'HostStatusError',
  'GiteaStatusError',
  'NotAllowedError',
  'NotFoundError',
  'ConflictError',
];

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSALS.includes(error.name);
}

/** A team, in the parts that addresses need. */
export function teamOf(team: string): { organisation: string; name: string } {
  const cut = team.lastIndexOf('/');
  return { organisation: team.slice(0, cut), name: team.slice(cut + 1) };
}

/** @throws NotAllowedError when the team belongs to somebody else than the repository does. */
export function assertTeamOf(team: string, owner: string): void {
  const { organisation } = teamOf(team);
  if (organisation.toLowerCase() !== owner.toLowerCase()) {
    throw new NotAllowedError(
      `it is a team of ${organisation}, and the repository belongs to ${owner}`,
    );
  }
}
