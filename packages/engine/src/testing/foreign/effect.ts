import { stringify } from 'yaml';
import { Difference } from '../../differences/types';
import { parseManifests } from '../../model/parseManifests';
import { Finding } from '../../rules/types';
import { verify, VerifyResult } from '../../rules/verify';
import { Editable, editable } from '../editing';
import { NOW } from '../fixtures';
import { ForeignRepository } from './repositories';

/** Manifests of one environment, to be changed. */
export type Objects = Editable[];

/** The first object of a kind. */
export function find(objects: Objects, kind: string): Editable {
  const found = objects.find(object => object.kind === kind);
  if (!found) {
    throw new Error(`There is no ${kind}`);
  }
  return found;
}

export function judged(
  { intent, manifests }: ForeignRepository,
  changed: Readonly<Record<string, string>> = {},
): VerifyResult {
  return verify({
    intent,
    now: NOW,
    manifests: Object.fromEntries(
      Object.entries({ ...manifests, ...changed }).map(([name, text]) => [
        name,
        [{ name, text }],
      ]),
    ),
  });
}

const told = (finding: Finding) =>
  [
    finding.outcome,
    finding.rule,
    `[${finding.environments.join()}]`,
    finding.subject,
    finding.pointer ?? '',
  ]
    .join(' ')
    .trim();

/** A difference as tables have it. */
export const place = ({
  class: judgement,
  rule,
  from,
  to,
  subject,
  pointer,
}: Difference) =>
  `${judgement} ${rule} ${from}>${to} ${subject} ${pointer}`.trim();

/** A difference with its values: a tag that is one commit further behind is another difference at the same place. */
const exact = (difference: Difference) =>
  `${place(difference)} ${JSON.stringify([
    difference.before,
    difference.after,
  ])}`;

/** What one change in an environment, the last one by default, brings about, and what it ends (after a minus), beyond what there was. */
export function effect(
  repository: ForeignRepository,
  change: (objects: Objects) => void,
  environment = Object.keys(repository.manifests).at(-1) ?? '',
) {
  const objects: Objects = parseManifests([
    { name: environment, text: repository.manifests[environment] },
  ]).map(({ value }) => editable(value));
  change(objects);
  const before = judged(repository);
  const after = judged(repository, {
    [environment]: objects.map(object => stringify(object)).join('---\n'),
  });
  const bad = ({ outcome }: Finding) =>
    outcome === 'fail' || outcome === 'warn';
  const compare = <T>(
    a: readonly T[],
    b: readonly T[],
    key: (value: T) => string,
  ) => {
    const known = new Set(a.map(key));
    return b.filter(value => !known.has(key(value)));
  };
  return {
    findings: compare(
      before.findings.filter(bad),
      after.findings.filter(bad),
      told,
    ).map(told),
    gone: compare(
      after.findings.filter(bad),
      before.findings.filter(bad),
      told,
    ).map(told),
    differences: compare(before.differences, after.differences, exact).map(
      place,
    ),
  };
}
