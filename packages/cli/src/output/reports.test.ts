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
    finding({
      outcome: 'pass',
      subject: 'ConfigMap a',
      locations: {
        staging: 'rendered/staging.yaml:5',
        prod: 'rendered/prod.yaml:7',
      },
    }),
    finding({ outcome: 'unknown', reason: 'It needs "a plan"\nof prod' }),
    finding({ outcome: 'not-applicable' }),
  ],
  differences: [difference, { ...unruled, subject: 'ConfigMap b' }],
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
        physicalLocation: {
          artifactLocation: { uri: string };
          region: { startLine: number };
        };
        logicalLocations: { fullyQualifiedName: string }[];
      }[];
    }[];
  }[];
}

/** What a document of XML is made of, and where a suite does not count what it contains. */
function readXml(xml: string) {
  const open: string[] = [];
  const attributes: string[] = [];
  const texts: string[] = [];
  const mistakes: string[] = [];
  const suites: { told: string; tests: number; failures: number }[] = [];
  let end = 0;
  for (const tag of xml.matchAll(/<([/?]?)([\w-]+)([^<>]*?)([/?]?)>/g)) {
    const [whole, slash, name, inside, empty] = tag;
    texts.push(xml.slice(end, tag.index));
    attributes.push(inside.trim());
    end = tag.index + whole.length;
    const isSuite = name.startsWith('testsuite');
    if (slash === '/') {
      const opened = open.pop();
      const suite = isSuite ? suites.pop() : undefined;
      const counted = suite && `${suite.tests} ${suite.failures}`;
      if (opened !== name || counted !== suite?.told) {
        mistakes.push(whole);
      }
    } else if (slash === '') {
      if (isSuite) {
        const told = ['tests', 'failures'].map(
          what => new RegExp(` ${what}="(\\d+)"`).exec(inside)?.[1],
        );
        suites.push({ told: told.join(' '), tests: 0, failures: 0 });
      }
      for (const suite of suites) {
        suite.tests += name === 'testcase' ? 1 : 0;
        suite.failures += name === 'failure' ? 1 : 0;
      }
      if (empty === '') {
        open.push(name);
      }
    }
  }
  return { open, attributes, texts, mistakes };
}

describe('reports for machines', () => {
  it('SARIF has in every result what its schema requires', () => {
    const sarif: Sarif = JSON.parse(
      JSON.stringify(
        toSarif(
          RESULT,
          path =>
            ({
              'main.tf': 'infra/main.tf',
              'environments.yaml': 'shop/environments.yaml',
            }[path] ?? path),
        ),
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
        expect(physicalLocation.artifactLocation.uri).toMatch(
          /^(file:\/\/\/)?([A-Za-z0-9\-._~!'()*]|%[0-9A-F]{2}|\/)+$/,
        );
        expect(physicalLocation.region.startLine).toBeGreaterThanOrEqual(1);
        expect(Number.isInteger(physicalLocation.region.startLine)).toBe(true);
      }
    }
    expect(
      results.flatMap(({ locations }) =>
        locations.map(({ physicalLocation: { artifactLocation, region } }) => [
          artifactLocation.uri,
          region.startLine,
        ]),
      ),
    ).toEqual([
      ['environments/prod/a%20b%231%3F.tf', 12],
      ['v1/ConfigMap%20checkout', 1],
      // Waived, with no place of its own: where the same subject has one.
      ['environments/prod/a%20b%231%3F.tf', 12],
      ['infra/main.tf', 1],
      ['file:///elsewhere/prod.yaml', 3],
      ['c%3A/manifests/prod.yaml', 3],
      // Differences: of a subject with a place, and of one without.
      ['rendered/prod.yaml', 7],
      ['shop/environments.yaml', 1],
    ]);
  });

  it('JUnit counts what it contains, and is XML whatever the values are', () => {
    const xml = toJunit('shop & "more"', RESULT);
    // XML 1.0: no control characters but tabs and line ends, no half of a character.
    expect(xml).toMatch(
      /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u,
    );
    const { open, texts, attributes, mistakes } = readXml(xml);
    expect({ open, mistakes }).toEqual({ open: [], mistakes: [] });
    for (const text of attributes) {
      expect(text).toMatch(
        /^(\w+="([^"<&\n]|&(amp|lt|gt|quot|apos|#\d+);)*"\s*)*$/,
      );
    }
    for (const text of texts) {
      expect(text).toMatch(/^([^<>&]|&(amp|lt|gt|quot|apos);)*$/);
    }
    expect(xml).toContain('message="It&#10;names &lt;staging&gt;');
    expect(xml).toContain(
      'message="unknown: It needs &quot;a plan&quot;&#10;of prod"',
    );
  });
});
