import { shownValue, textOf } from '../model/canonical';
import { followsRelease, namesOwnEnvironment } from './releases';
import { Judgement, Pair, PlacedChange, Rule, always } from './rule';
import { CONTAINER, describe, violation, workloadSubjects } from './subjects';

export const environmentVariables: Rule = {
  id: 'K8S-03',
  kind: 'must match',
  title: 'Environment variables have the same names and sources',
  guideStep: 11,
  sources: ['manifests', 'intent'],
  semantics:
    "Every container has the same environment variables, from the same keys of the same Secrets and ConfigMaps. Values differ only for log levels, for addresses of services outside of the cluster, where the value names its own environment or release, and for variables that the intent lists in an environment's workload.env or in parity.allow.",
  remedy:
    "Set the variable in the base. If it may differ, list it in the environment's workload.env, or in parity.allow with the reason.",
  appliesTo: always,
  subjects: workloadSubjects,
  claims: [{ at: [`${CONTAINER}/env/*`], judge: judgeVariable }],
};

function judgeVariable(change: PlacedChange, pair: Pair): Judgement {
  const name = change.place[4];
  const { before, after } = change;
  const { from, to } = pair;
  if (!before || !after) {
    return violation(describe(change, pair, `variable ${name}`));
  }
  const [a, b] = [shownValue(before), shownValue(after)];
  if (typeof a === 'object' || typeof b === 'object') {
    return violation(
      `Variable ${name} has its value from somewhere else in ${to.name} than in ${from.name}`,
    );
  }
  const expected = (reason: string): Judgement => ({
    class: 'expected',
    reason,
  });
  if (/(^|_)LOG_?(LEVEL|VERBOSITY)$/i.test(name)) {
    return expected('Log levels may differ');
  }
  for (const { name: environment, environment: declared } of [to, from]) {
    if (Object.hasOwn(declared.workload?.env ?? {}, name)) {
      return expected(`The intent sets ${name} for ${environment}`);
    }
  }
  const [x, y] = [textOf(a), textOf(b)];
  if (namesOwnEnvironment(x, y, pair)) {
    return expected('Each value names its own environment');
  }
  if (followsRelease(change, x, y, pair)) {
    return { class: 'lag', reason: 'It follows the release' };
  }
  const hosts = [x, y].map(hostOf);
  if (
    isEndpoint(name, x) &&
    isEndpoint(name, y) &&
    hosts[0] !== hosts[1] &&
    !hosts.every(isInCluster)
  ) {
    return expected('Addresses of external services may differ');
  }
  return violation(
    `Variable ${name} has another value in ${to.name} than in ${from.name}, and is not one whose values may differ`,
  );
}

/** Whether a variable holds the address of a service, by its name and its value. */
export function isEndpoint(name: string, value: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\/[^/\s]/i.test(value) ||
    (/(URL|URI|HOST|HOSTNAME|ENDPOINT|ADDR|ADDRESS|SERVER|DOMAIN|BROKERS?|ORIGIN|ISSUER)S?$/i.test(
      name,
    ) &&
      /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?(,[a-z0-9.:-]+)*$/i.test(value))
  );
}

/** A Service by its name: `orders`, `orders.shop.svc.cluster.local`. */
function isInCluster(host: string): boolean {
  return !host.includes('.') || /\.svc(\.|$)|\.cluster\.local$/.test(host);
}

function hostOf(value: string): string {
  return value
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/^.*@/, '')
    .replace(/:\d+$/, '');
}
