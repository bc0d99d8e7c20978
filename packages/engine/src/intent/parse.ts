import { isMap, isScalar, isSeq, LineCounter, Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { Intent, IntentEnvironment, intentSchema } from './schema';

/**
 * One thing that is wrong with an intent.
 *
 * @public
 */
export interface IntentProblem {
  /** Path of the field: `environments.2.delivery.from`; empty for the document as a whole. */
  readonly field: string;
  readonly message: string;
  /** 1-based, where the intent was read from text. */
  readonly line?: number;
}

/** @public */
export type IntentResult =
  | { readonly ok: true; readonly intent: Intent }
  | { readonly ok: false; readonly problems: readonly IntentProblem[] };

/** Bounds what a document may expand to through aliases. */
const MAX_ALIAS_COUNT = 100;

/**
 * Reads `environments.yaml`. Never throws: what is wrong comes back as problems with field and line.
 *
 * @public
 */
export function parseIntent(text: string): IntentResult {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
  });
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map(error => ({
        field: '',
        message: error.message.split('\n')[0].replace(/ at line .*$/, ''),
        line: error.linePos?.[0].line,
      })),
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch (error) {
    return {
      ok: false,
      problems: [
        {
          field: '',
          message: error instanceof Error ? error.message : String(error),
        },
      ],
    };
  }
  const result = validateIntent(value);
  if (result.ok) {
    return result;
  }
  return {
    ok: false,
    problems: result.problems.map(problem => ({
      ...problem,
      line: lineOf(document.contents, problem.field, lines),
    })),
  };
}

/**
 * Checks an intent that is already an object: shape first, then what the fields say of each other.
 *
 * @public
 */
export function validateIntent(value: unknown): IntentResult {
  const parsed = intentSchema.safeParse(value);
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.flatMap(problemsOfIssue),
    };
  }
  const problems = crossFieldProblems(parsed.data);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, intent: parsed.data };
}

/**
 * Where an environment runs, whether it was declared by `cluster` and `namespace` or by `targets`.
 *
 * @public
 */
export function targetsOf(
  environment: IntentEnvironment,
): readonly { cluster: string; namespace: string; region?: string }[] {
  if (environment.targets) {
    return environment.targets;
  }
  return environment.cluster && environment.namespace
    ? [{ cluster: environment.cluster, namespace: environment.namespace }]
    : [];
}

function problemsOfIssue(issue: z.core.$ZodIssue): IntentProblem[] {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'invalid_union') {
    const meant = meantAlternative(issue.errors);
    if (meant) {
      return meant.flatMap(inner =>
        problemsOfIssue({ ...inner, path: [...issue.path, ...inner.path] }),
      );
    }
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      field: field ? `${field}.${key}` : key,
      message: 'is not a field of an intent',
    }));
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [{ field, message: 'is missing' }];
  }
  return [{ field, message: issue.message }];
}

/** Of several alternatives the one that was meant: what is wrong with it lies deeper than its first key. */
function meantAlternative(
  alternatives: readonly z.core.$ZodIssue[][],
): readonly z.core.$ZodIssue[] | undefined {
  return alternatives.find(
    issues => issues.length > 0 && issues.every(({ path }) => path.length > 1),
  );
}

function crossFieldProblems(intent: Intent): IntentProblem[] {
  const problems: IntentProblem[] = [];
  const seen = new Set<string>();
  const clusters = new Set(intent.clusters.map(cluster => cluster.name));
  const places = new Map<string, string>();
  intent.environments.forEach((environment, index) => {
    const at = `environments.${index}`;
    if (seen.has(environment.name)) {
      problems.push({
        field: `${at}.name`,
        message: `'${environment.name}' is declared twice`,
      });
    }
    const from = environment.delivery.from;
    if (from !== undefined && !seen.has(from)) {
      const known = intent.environments.some(other => other.name === from);
      problems.push({
        field: `${at}.delivery.from`,
        message: known
          ? `'${from}' must come before '${environment.name}' in promotion order`
          : `'${from}' is not a declared environment`,
      });
    }
    seen.add(environment.name);
    const previous = intent.environments[index - 1];
    if (previous && previous.level >= environment.level) {
      problems.push({
        field: `${at}.level`,
        message: `must be greater than ${previous.level}, the level of '${previous.name}' before it`,
      });
    }
    for (const target of targetsOf(environment)) {
      if (!clusters.has(target.cluster)) {
        problems.push({
          field: `${at}.cluster`,
          message: `'${target.cluster}' is not one of the clusters: ${[
            ...clusters,
          ].join(', ')}`,
        });
      }
      const place = `${target.cluster}/${target.namespace}`;
      const other = places.get(place);
      if (other) {
        problems.push({
          field: `${at}.namespace`,
          message: `'${other}' already runs in namespace '${target.namespace}' of cluster '${target.cluster}'`,
        });
      }
      places.set(place, environment.name);
    }
  });
  if (
    !intent.environments.some(environment => environment.kind === 'production')
  ) {
    problems.push({
      field: 'environments',
      message: "one environment must have the kind 'production'",
    });
  }
  intent.clusters.forEach((cluster, index) => {
    cluster.environments.forEach((name, position) => {
      if (!seen.has(name)) {
        problems.push({
          field: `clusters.${index}.environments.${position}`,
          message: `'${name}' is not a declared environment`,
        });
      }
    });
  });
  return problems;
}

function lineOf(
  root: Node | null,
  field: string,
  lines: LineCounter,
): number | undefined {
  let node: unknown = root;
  let line: number | undefined;
  for (const part of field === '' ? [] : field.split('.')) {
    if (isMap(node)) {
      const pair = node.items.find(
        item => isScalar(item.key) && String(item.key.value) === part,
      );
      if (!pair) {
        break;
      }
      line =
        isScalar(pair.key) && pair.key.range
          ? lines.linePos(pair.key.range[0]).line
          : line;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      const range = (node as Node | undefined)?.range;
      line = range ? lines.linePos(range[0]).line : line;
    } else {
      break;
    }
  }
  return line;
}
