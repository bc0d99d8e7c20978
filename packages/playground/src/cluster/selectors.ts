import { KubeError, type KubeObject } from '../core';
import type { LabelSelector } from './objects';
import { isFields } from './values';

type Labels = Readonly<Record<string, string>>;
type Requirement = (labels: Labels) => boolean;

export type ObjectFilter = (object: KubeObject) => boolean;

const badRequest = (message: string) =>
  new KubeError(400, 'BadRequest', message);

const KEY =
  /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Splits at commas outside of parentheses. */
function splitRequirements(selector: string): string[] {
  return selector.split(/,(?![^(]*\))/).map(part => part.trim());
}

function parseRequirement(text: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)(\)?)$/.exec(text);
  if (set) {
    const [, key, operator, list, end] = set;
    const values = list.split(',').map(value => value.trim());
    if (end === '') {
      throw badRequest(
        `unable to parse requirement: found '${values.at(
          -1,
        )}', expected: ',', ')' or identifier`,
      );
    }
    return operator === 'in'
      ? labels => values.includes(labels[key])
      : labels => !values.includes(labels[key]);
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(text);
  if (equality) {
    const [, key, operator, value] = equality;
    return operator === '!='
      ? labels => labels[key] !== value
      : labels => labels[key] === value;
  }
  const key = text.replace(/^!\s*/, '');
  if (!KEY.test(key)) {
    throw badRequest(
      `unable to parse requirement: <nil>: Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
    );
  }
  return text.startsWith('!')
    ? labels => !(key in labels)
    : labels => key in labels;
}

/** `app=checkout,environment in (dev,staging),!canary` */
export function parseLabelSelector(selector: string): ObjectFilter {
  if (selector.trim() === '') {
    return () => true;
  }
  const requirements = splitRequirements(selector).map(parseRequirement);
  return object =>
    requirements.every(matches => matches(object.metadata.labels ?? {}));
}

const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'status.phase',
  'spec.nodeName',
  'spec.serviceAccountName',
];

function fieldOf(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const key of path.split('.')) {
    value = isFields(value) ? value[key] : undefined;
  }
  return value === undefined ? '' : String(value);
}

/** `metadata.name=checkout,status.phase!=Running` */
export function parseFieldSelector(selector: string): ObjectFilter {
  if (selector.trim() === '') {
    return () => true;
  }
  const requirements = splitRequirements(selector).map(text => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(text);
    if (!match) {
      throw badRequest(
        `invalid selector: '${text}'; can't understand '${text}'`,
      );
    }
    const [, path, operator, value] = match;
    if (!FIELDS.includes(path)) {
      throw badRequest(`field label not supported: ${path}`);
    }
    return (object: KubeObject) =>
      (fieldOf(object, path) === value) === (operator !== '!=');
  });
  return object => requirements.every(matches => matches(object));
}

/** A selector as objects carry it. */
export function matchesSelector(
  selector: LabelSelector,
  labels: Labels,
): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(
      ([key, value]) => labels[key] === value,
    ) &&
    (selector.matchExpressions ?? []).every(
      ({ key, operator, values = [] }) => {
        switch (operator) {
          case 'In':
            return values.includes(labels[key]);
          case 'NotIn':
            return !values.includes(labels[key]);
          case 'Exists':
            return key in labels;
          default:
            return !(key in labels);
        }
      },
    )
  );
}
