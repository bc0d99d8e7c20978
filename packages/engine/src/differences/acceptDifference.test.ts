import { parse } from 'yaml';
import { intentOfService, manifestsOf, NOW } from '../testing';
import { verify } from '../rules/verify';
import { exceptionFor, exceptionYaml } from './acceptDifference';
import { Exception } from './exceptions';

const intent = intentOfService('checkout');
const DRIFTED = {
  prod: [
    ['value: "8080"', 'value: "9090"'],
    ['path: /readyz', 'path: /healthz'],
  ] as [string, string][],
};

function judged(allow: Exception[], organisation: Exception[] = []) {
  return verify({
    intent: { ...intent, parity: { allow } },
    manifests: manifestsOf('checkout', DRIFTED),
    now: NOW,
    organisation,
  });
}

describe('an accepted difference', () => {
  const before = judged([]);
  const violations = before.differences.filter(
    difference => difference.class === 'violation',
  );

  it('is waived by the entry that is made for it, and no other is', () => {
    expect(violations.length).toBeGreaterThan(1);
    const [first, ...rest] = violations;
    const entry = exceptionFor(first, {
      reason: 'Renamed in production first, on purpose',
      now: NOW,
    });
    const written: Exception[] = parse(exceptionYaml(entry));
    expect(written).toEqual([entry]);
    const after = judged(written);
    const same = ({ subject, pointer, from, to }: typeof first) =>
      `${from} ${to} ${subject} ${pointer}`;
    const left = after.differences.filter(
      difference => difference.class === 'violation',
    );
    expect(left.map(same)).toEqual(rest.map(same));
    expect(
      after.findings.find(({ outcome }) => outcome === 'waived'),
    ).toMatchObject({
      rule: first.rule,
      pointer: first.pointer,
      waivedUntil: '2027-02-22',
      reason: 'Renamed in production first, on purpose',
    });
  });

  it('may be accepted for the whole organisation', () => {
    const entries = violations.map(violation =>
      exceptionFor(violation, { reason: 'Everyone does so', now: NOW }),
    );
    expect(judged([], entries).summary.classes.violation).toBe(0);
  });

  it('counts again when its time is over', () => {
    const entry = exceptionFor(violations[0], {
      reason: 'Only for yesterday',
      now: NOW,
      days: -1,
    });
    const found = judged([entry]).findings.find(
      ({ outcome, pointer }) =>
        outcome === 'fail' && pointer === violations[0].pointer,
    );
    expect(found?.reason).toContain('The exception for it expired on');
  });

  it("is told of when it matches nothing, unless it is the whole organisation's", () => {
    const stray: Exception = {
      rule: 'K8S-03',
      subject: 'apps/Deployment basket',
      reason: 'For a service that is gone',
    };
    const told = (result: ReturnType<typeof judged>) =>
      result.findings.filter(({ subject }) => subject === 'environments.yaml');
    expect(told(judged([stray]))).toMatchObject([
      {
        rule: 'K8S-28',
        outcome: 'warn',
        pointer: '/parity/allow/0',
        reason: 'The exception matches nothing: For a service that is gone',
      },
    ]);
    expect(told(judged([], [stray]))).toEqual([]);
  });

  it('for a rule that was not looked at may still be needed', () => {
    const entry: Exception = {
      rule: 'TF-15',
      reason: 'The database moves to another account',
    };
    expect(
      judged([entry]).findings.filter(
        ({ subject }) => subject === 'environments.yaml',
      ),
    ).toEqual([]);
  });
});
