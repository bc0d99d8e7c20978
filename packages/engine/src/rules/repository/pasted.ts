/** What somebody outside decides: text of theirs must never become part of a script. */
const OUTSIDE =
  /\b(inputs|(?:github|gitea|forgejo)\.(?:event|head_ref|ref_name|base_ref))\b(?!-)/;

/** What the host itself gives: numbers, commits, and truth values. */
const HARMLESS =
  /\b(?:github|gitea|forgejo)\.event(?:\.\w+)*\.(?:number|id|sha|merged|draft|merge_commit_sha|run_number)\b/g;

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
