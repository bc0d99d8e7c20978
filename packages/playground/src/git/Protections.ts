import { promises as fs } from 'fs';
import path from 'path';
import type { GitRepositories } from './GitRepositories';
import type { GitModel, ProtectionRule, PullRequest } from './model';

interface RepositoryId {
  readonly owner: string;
  readonly name: string;
}

/** Run by git for every branch that a push moves: name, old head, new head. */
const HOOK = `#!/bin/sh
rule="$(git rev-parse --absolute-git-dir)/protection/$1"
[ -f "$rule" ] || exit 0
refuse() {
  echo "Gitea: Not allowed to $1 protected branch \${2#refs/heads/}" >&2
  exit 1
}
case "$3" in *[!0]*) ;; *) refuse delete "$1" ;; esac
git merge-base --is-ancestor "$2" "$3" || refuse "force-push to" "$1"
for file in $(git diff --name-only "$2" "$3"); do
  printf '%s\\n' "$file" | grep -qEf "$rule" || refuse "push to" "$1"
done
`;

/**
 * Rules of branches, and what they keep from happening.
 */
export class Protections {
  constructor(
    private readonly repositories: GitRepositories,
    private readonly model: GitModel,
  ) {}

  of(repository: RepositoryId, branch: string): ProtectionRule | undefined {
    return this.model.protection(repository, branch);
  }

  /** Keeps a rule, and lets git itself hold pushes to it. */
  async set(repository: RepositoryId, rule: ProtectionRule): Promise<void> {
    this.model.setProtection(repository, rule);
    const folder = this.repositories.folder(repository);
    await fs.mkdir(path.join(folder, 'hooks'), { recursive: true });
    await fs.writeFile(path.join(folder, 'hooks', 'update'), HOOK, {
      mode: 0o755,
    });
    const file = ruleFile(folder, rule.rule_name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    const expressions = rule.enable_push
      ? ['.*']
      : patternsOf(rule).map(expressionOf);
    await fs.writeFile(file, expressions.map(line => `${line}\n`).join(''));
  }

  async remove(repository: RepositoryId, branch: string): Promise<void> {
    this.model.removeProtection(repository, branch);
    await fs.rm(ruleFile(this.repositories.folder(repository), branch), {
      force: true,
    });
  }

  /** Whether these files may be changed by a commit to the branch itself. */
  allows(
    repository: RepositoryId,
    branch: string,
    files: readonly string[],
  ): boolean {
    const rule = this.of(repository, branch);
    if (!rule || rule.enable_push) {
      return true;
    }
    const patterns = patternsOf(rule).map(
      pattern => new RegExp(expressionOf(pattern), 'i'),
    );
    return files.every(file => patterns.some(pattern => pattern.test(file)));
  }

  /** Why a pull request may not be merged yet, in Gitea's words and order. */
  refusal(pull: PullRequest, head: string): string | undefined {
    const repository = { owner: pull.owner, name: pull.repository };
    const rule = this.of(repository, pull.base);
    if (!rule) {
      return undefined;
    }
    if (rule.enable_status_check) {
      const states = new Map(
        this.model
          .statusesOf(repository, head)
          .map(status => [status.context, status.state]),
      );
      const green = rule.status_check_contexts.every(context =>
        [...states].some(
          ([name, state]) =>
            new RegExp(expressionOf(context)).test(name) && state === 'success',
        ),
      );
      if (!green) {
        return 'Not all required status checks successful';
      }
    }
    const latest = new Map(
      this.model
        .reviewsOf(pull)
        .filter(
          review => !rule.dismiss_stale_approvals || review.commit === head,
        )
        .map(review => [review.reviewer, review.state]),
    );
    const verdicts = [...latest.values()];
    if (
      verdicts.filter(state => state === 'APPROVED').length <
      rule.required_approvals
    ) {
      return 'Does not have enough approvals';
    }
    if (
      rule.block_on_rejected_reviews &&
      verdicts.includes('REQUEST_CHANGES')
    ) {
      return 'There are requested changes';
    }
    return undefined;
  }
}

function ruleFile(folder: string, branch: string): string {
  return path.join(folder, 'protection', 'refs', 'heads', branch);
}

function patternsOf(rule: ProtectionRule): string[] {
  return rule.unprotected_file_patterns
    .split(';')
    .map(pattern => pattern.trim())
    .filter(Boolean);
}

/** A glob in which neither a slash nor a dot is fitted by one star, as a regular expression. */
function expressionOf(pattern: string): string {
  const parts = pattern.match(/\\.|\*\*|[^]/g) ?? [];
  const inner = parts.map(part => {
    switch (part) {
      case '**':
        return '.*';
      case '*':
        return '[^./]*';
      case '?':
        return '[^./]';
      default:
        return part.replace(/^\\/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    }
  });
  return `^${inner.join('')}$`;
}
