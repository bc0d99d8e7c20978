import { Difference, Finding, VerifyResult } from '@envmatrix/engine';
import { toJunit } from './junit';
import { toSarif } from './sarif';

const finding = (more: Partial<Finding>): Finding => ({
  rule: 'TF-06',
  outcome: 'fail',
  title: 'No root names another environment',
  environments: ['prod'],
  subject: 'terraform environments/prod',
  values: {},
  locations: {},
  ...more,
});

const difference: Difference = {
  kind: 'environment',
  from: 'staging',
  to: 'prod',
  subject: 'ConfigMap a',
  pointer: '/data/x',
  before: '\u0000\u001b[31m ]]> <failure>',
  after: undefined,
  class: 'unclassified',
  rule: 'K8S-28',
};

const { rule: _rule, ...unruled } = difference;

const RESULT: VerifyResult = {
  findings: [
    finding({
      reason: 'It\nnames <staging> & "dev"\u0007\uFFFE\uD800 ]]>',
      pointer: '/a~1b',
      values: { prod: 'x\u0000\u000by' },
      locations: { prod: 'environments/prod/a b#1?.tf:12' },
    }),
    finding({ outcome: 'warn', locations: { prod: 'v1/ConfigMap checkout' } }),
    finding({ outcome: 'waived', reason: 'for now' }),
    finding({
      environments: ['staging', 'prod'],
      locations: { staging: 'main.tf:0', prod: 'main.tf:0' },
    }),
    finding({ locations: { prod: '/elsewhere/prod.yaml:3' } }),
    finding({ locations: { prod: 'c:\\manifests\\prod.yaml:3' } }),
    finding({ outcome: 'pass' }),
    finding({ outcome: 'unknown', reason: 'It needs "a plan"\nof prod' }),
    finding({ outcome: 'not-applicable' }),
  ],
  differences: [difference, unruled],
  summary: {
    outcomes: {
      pass: 1,
      fail: 4,
      warn: 1,
      unknown: 1,
      'not-deployed': 0,
      'not-applicable': 1,
      waived: 1,
    },
    classes: { expected: 0, lag: 0, violation: 0, unclassified: 2 },
  },
};

/** What a document of SARIF 2.1.0 must have, and what code hosts ask for beyond that. */
interface Sarif {
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string }[] } };
    results: {
      ruleId: string;
      level: string;
      message: { text: string };
      locations: {
        physicalLocation?: {
          artifactLocation: { uri: string };
          region?: { startLine: number };
        };
        logicalLocations: { fullyQualifiedName: string }[];
      }[];
    }[];
  }[];
}

describe('reports for machines', () => {
  it('SARIF has in every result what its schema requires', () => {
    const sarif: Sarif = JSON.parse(
      JSON.stringify(
        toSarif(RESULT, path => (path === 'main.tf' ? `infra/${path}` : path)),
      ),
    );
    expect(sarif.version).toBe('2.1.0');
    const [{ tool, results }] = sarif.runs;
    const ids = tool.driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(results).toHaveLength(8);
    for (const { ruleId, level, message, locations } of results) {
      expect(ids).toContain(ruleId);
      expect(['error', 'warning', 'note', 'none']).toContain(level);
      expect(message.text).not.toBe('');
      expect(locations.length).toBeGreaterThan(0);
      for (const { physicalLocation, logicalLocations } of locations) {
        expect(logicalLocations[0].fullyQualifiedName).not.toBe('');
        if (physicalLocation) {
          const { artifactLocation, region } = physicalLocation;
          expect(artifactLocation.uri).toMatch(
            /^(file:\/\/\/)?([A-Za-z0-9\-._~!'()*]|%[0-9A-F]{2}|\/)+$/,
          );
          expect(region?.startLine ?? 1).toBeGreaterThanOrEqual(1);
        }
      }
    }
    expect(
      results.flatMap(({ locations }) =>
        locations.flatMap(({ physicalLocation }) =>
          physicalLocation
            ? [
                [
                  physicalLocation.artifactLocation.uri,
                  physicalLocation.region?.startLine,
                ],
              ]
            : [],
        ),
      ),
    ).toEqual([
      ['environments/prod/a%20b%231%3F.tf', 12],
      ['v1/ConfigMap%20checkout', undefined],
      ['infra/main.tf', undefined],
      ['file:///elsewhere/prod.yaml', 3],
      ['c%3A/manifests/prod.yaml', 3],
    ]);
  });

  it('JUnit counts what it contains, and is XML whatever the values are', () => {
    const xml = toJunit('shop & "more"', RESULT);
    // XML 1.0: no control characters but tabs and line ends, no half of a character.
    expect(xml).toMatch(
      /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u,
    );
    const open: string[] = [];
    const counts: Record<string, number>[] = [];
    const texts: string[] = [];
    let end = 0;
    for (const tag of xml.matchAll(/<([/?]?)([\w-]+)([^<>]*?)(\/?)>/g)) {
      texts.push(xml.slice(end, tag.index));
      end = tag.index + tag[0].length;
      const [, slash, name, attributes, empty] = tag;
      expect(attributes.replace(/\??$/, '').trim()).toMatch(
        /^(\w+="([^"<&\n]|&(amp|lt|gt|quot|apos|#\d+);)*"\s*)*$/,
      );
      if (slash === '/') {
        expect(open.pop()).toBe(name);
        if (name.startsWith('testsuite')) {
          const own = counts.pop();
          expect(own?.tests).toBe(own?.foundTests);
          expect(own?.failures).toBe(own?.foundFailures);
        }
      } else if (slash === '') {
        if (name.startsWith('testsuite')) {
          const told = (what: string) =>
            Number(new RegExp(` ${what}="(\\d+)"`).exec(attributes)?.[1]);
          counts.push({
            tests: told('tests'),
            failures: told('failures'),
            foundTests: 0,
            foundFailures: 0,
          });
        }
        for (const count of counts) {
          count.foundTests += name === 'testcase' ? 1 : 0;
          count.foundFailures += name === 'failure' ? 1 : 0;
        }
        if (empty === '') {
          open.push(name);
        }
      }
    }
    expect(open).toEqual([]);
    for (const text of texts) {
      expect(text).toMatch(/^([^<>&]|&(amp|lt|gt|quot|apos);)*$/);
    }
    expect(xml).toContain('message="It&#10;names &lt;staging&gt;');
    expect(xml).toContain(
      'message="unknown: It needs &quot;a plan&quot;&#10;of prod"',
    );
  });
});
