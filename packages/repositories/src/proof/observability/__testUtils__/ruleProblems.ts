import { parse } from 'yaml';
import { z } from 'zod';
import { promQlProblem, seriesIn } from './promQl';

const labels = z.record(z.string(), z.string());

const prometheusRule = z.object({
  kind: z.literal('PrometheusRule'),
  spec: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        rules: z.array(
          z.object({
            record: z.string().optional(),
            alert: z.string().optional(),
            expr: z.string(),
            for: z.string().optional(),
            labels: labels.optional(),
            annotations: labels.optional(),
          }),
        ),
      }),
    ),
  }),
});

export type Rule = z.infer<
  typeof prometheusRule
>['spec']['groups'][number]['rules'][number];

export function rulesOf(text: string): Rule[] {
  return prometheusRule
    .parse(parse(text))
    .spec.groups.flatMap(({ rules }) => rules);
}

/** What a service has to expose, and what Prometheus itself adds. */
const EXPOSED = [
  'http_request_duration_seconds_bucket',
  'http_request_duration_seconds_count',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
  'up',
];

/** The project's own rules for rules: what promtool accepts, and tells nothing. */
export function ruleProblems(text: string, service: string): string[] {
  const rules = rulesOf(text);
  const recorded = rules.flatMap(({ record }) => record ?? []);
  const problems = rules.flatMap(rule => [
    ...expressionProblems(rule, recorded),
    ...(rule.record === undefined
      ? alertProblems(rule)
      : recordProblems(rule, service)),
  ]);
  for (const severity of ['critical', 'warning']) {
    if (
      !rules.some(
        rule =>
          rule.alert === 'ErrorBudgetBurn' &&
          rule.labels?.severity === severity &&
          seriesIn(rule.expr).length === 2,
      )
    ) {
      problems.push(`no ${severity} burn alert with two windows`);
    }
  }
  if (!rules.some(rule => rule.expr === 'vector(1)')) {
    problems.push('no alert that always fires');
  }
  return problems;
}

function expressionProblems(rule: Rule, recorded: readonly string[]): string[] {
  const name = rule.record ?? rule.alert ?? rule.expr;
  const problem = promQlProblem(rule.expr);
  return [
    ...(problem === undefined ? [] : [`${name} ${problem}`]),
    ...seriesIn(rule.expr)
      .filter(series => ![...EXPOSED, ...recorded].includes(series))
      .map(series => `${name} asks for ${series}, which nothing gives`),
  ];
}

/** Without the service in the grouping, two services become one series; without it in the selector, each service records all. */
function recordProblems({ record, expr }: Rule, service: string): string[] {
  const problems: string[] = [];
  if (!record?.startsWith('service_environment:')) {
    problems.push(`${record} does not say what it is grouped by`);
  }
  for (const [, by] of expr.matchAll(/\bby \(([^)]*)\)/g)) {
    const grouped = by.split(',').map(label => label.trim());
    if (!grouped.includes('service') || !grouped.includes('environment')) {
      problems.push(`${record} is grouped by ${by}`);
    }
  }
  const selectors = expr.match(/\{[^}]*\}/g) ?? [];
  if (
    selectors.length === 0 ||
    selectors.some(selector => !selector.includes(`service="${service}"`))
  ) {
    problems.push(`${record} takes in other services`);
  }
  return problems;
}

function alertProblems({ alert, labels: own, annotations }: Rule): string[] {
  return [
    ...(['critical', 'warning', 'none'].includes(own?.severity ?? '')
      ? []
      : [`${alert} has no severity that a route knows`]),
    ...(own?.environment === undefined
      ? []
      : [`${alert} says its environment itself`]),
    ...['summary', 'description', 'runbook_url']
      .filter(name => !annotations?.[name])
      .map(name => `${alert} has no ${name}`),
  ];
}
