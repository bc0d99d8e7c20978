/** What somebody outside decides: text of theirs must never become part of a script. */
const OUTSIDE =
  /\b(inputs|(?:github|gitea|forgejo)\s*(?:\.\s*(?:event|head_ref|ref_name|base_ref)\b|\[))(?!-)/i;

/**
 * What the host itself gives: numbers, commits, and truth values. Whole paths, as a field of the same name may be anybody's
 * elsewhere: `client_payload.sha` is what the sender says.
 */
const GIVEN = [
  '(?:issue|pull_request|discussion|milestone)\\.(?:number|id)',
  '(?:comment|review|release|repository|organization|sender|installation|deployment|deployment_status|check_run|check_suite|label)\\.id',
  'pull_request\\.(?:head|base)\\.sha',
  'pull_request\\.(?:head|base)\\.repo\\.id',
  'pull_request\\.(?:merged|draft|merge_commit_sha)',
  'workflow_run\\.(?:id|workflow_id|run_number|run_attempt|head_sha)',
  '(?:check_run|check_suite)\\.head_sha',
  'deployment\\.sha',
  'head_commit\\.(?:id|tree_id)',
  'number|before|after|forced|created|deleted',
].join('|');
const HARMLESS = new RegExp(
  `(?<![\\w.-])(?:github|gitea|forgejo)\\.event\\.(?:${GIVEN})(?![\\w.[-])`,
  'gi',
);

/** A choice by a value: what it gives is written in the workflow. */
const DECIDING = [
  /\b(?:contains|startsWith|endsWith)\([^()]*\)/g,
  /[\w.'"[\]-]+\s*(?:==|!=|<=?|>=?)\s*(?:'[^']*'|[\w.[\]-]+)/g,
  /!\s*[\w.[\]-]+/g,
  /[\w.[\]-]+\s*&&/g,
];

/**
 * The first expression in a script whose value somebody outside decides; undefined where there is none.
 */
export function pastedIn(script: string): string | undefined {
  return [...script.matchAll(/\$\{\{([\s\S]*?)\}\}/g)]
    .map(([whole, expression]) => ({
      whole,
      given: DECIDING.reduce(
        (text, pattern) => text.replace(pattern, ' '),
        expression.replace(HARMLESS, ' '),
      ).replace(/'[^']*'/g, ' '),
    }))
    .find(
      ({ given }) =>
        OUTSIDE.test(given) || /\btoJSON\(\s*github\s*\)/i.test(given),
    )?.whole;
}
