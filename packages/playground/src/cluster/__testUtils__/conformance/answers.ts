import { exchange, type ConformanceRow } from './ConformanceRow';
import { inShape, wordForWord } from './comparison';

/** Answers that are to be the same in every word, apart from versions. */
const EXACT = [
  'error/400-resource-version',
  'error/400-selector',
  'error/401-bad-token',
  'error/403-group-not-served',
  'error/403-kind-not-served',
  'error/403-metrics-not-served',
  'error/403-no-token',
  'error/403-nodes',
  'error/403-post',
  'error/403-secrets',
  'error/403-secrets-namespace',
  'error/403-watch-nodes',
  'error/404-object',
  'error/404-version',
  'error/406',
  'error/504-too-large-resource-version',
  'list/namespace-absent',
  'list/namespace-events',
  'discovery/livez',
  'discovery/readyz',
  'version',
  'version-anonymous',
  'watch/bad-resource-version',
];

/** Answers whose objects are others, with the same fields. */
const SAME_SHAPE = [
  'discovery/api',
  'discovery/apis',
  'error/400-continue',
  'get/deployment',
  'list/field-selector',
  'list/metadata-only',
  'list/namespace',
  'list/nonprod-daemonsets',
  'list/nonprod-deployments',
  'list/nonprod-horizontalpodautoscalers',
  'list/nonprod-ingresses',
  'list/nonprod-limitranges',
  'list/nonprod-namespaces',
  'list/nonprod-networkpolicies',
  'list/nonprod-poddisruptionbudgets',
  'list/nonprod-pods',
  'list/nonprod-replicasets',
  'list/nonprod-resourcequotas',
  'list/nonprod-services',
  'list/nonprod-statefulsets',
  'list/page-1',
  'list/quota-used',
  'list/resource-version-0',
  'list/selector',
];

/** Lists of what operators define, with what these say of it: a server without them has nothing to say. */
const OF_OPERATORS = [
  'list/nonprod-certificates',
  'list/nonprod-externalsecrets',
  'list/nonprod-httproutes',
  'list/nonprod-secretstores',
];

function sameShape(name: string): ConformanceRow {
  return {
    name: `${name}, in shape`,
    differences: async target => {
      const { recorded, answered } = await exchange(target, name);
      return inShape(recorded, answered, target.notWritten[name]);
    },
  };
}

/** What the playground's clusters are held to beyond the table that real API servers are held to as well. */
export const ANSWERS_OF_OPERATORS: readonly ConformanceRow[] =
  OF_OPERATORS.map(sameShape);

/** One request, one answer. */
export const ANSWERS: readonly ConformanceRow[] = [
  ...EXACT.map(
    (name): ConformanceRow => ({
      name: `${name}, word for word`,
      differences: async target => {
        const { recorded, answered } = await exchange(target, name);
        return wordForWord(recorded, answered);
      },
    }),
  ),
  ...SAME_SHAPE.map(sameShape),
];
