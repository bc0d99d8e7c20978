import { Finding, ruleCatalogue, VerifyResult } from '@envmatrix/engine';

/** One test suite for each rule, one test case for each finding and each difference without a reason. */
export function toJunit(
  service: string,
  { findings, differences }: VerifyResult,
): string {
  const suites = ruleCatalogue.flatMap(({ id, title }) => {
    const cases = [
      ...findings.filter(({ rule }) => rule === id).map(findingCase),
      ...differences
        .filter(entry => entry.rule === id && entry.class === 'unclassified')
        .map(({ from, to, subject, pointer, before, after }) =>
          testCase(
            id,
            `${subject} ${pointer} [${from}, ${to}]`,
            failure(
              'A difference that no rule explains',
              `${from}: ${JSON.stringify(before)}\n${to}: ${JSON.stringify(
                after,
              )}`,
            ),
          ),
        ),
    ];
    const number = (tag: string) =>
      cases.filter(entry => entry.includes(`<${tag}`)).length;
    return cases.length === 0
      ? []
      : [
          {
            name: `${id} ${title}`,
            cases,
            failures: number('failure'),
            skipped: number('skipped'),
          },
        ];
  });
  const sum = (of: (suite: (typeof suites)[number]) => number) =>
    suites.reduce((total, suite) => total + of(suite), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="${attribute(service)}" tests="${sum(
      ({ cases }) => cases.length,
    )}" failures="${sum(({ failures }) => failures)}" errors="0">\n`,
    ...suites.map(
      ({ name, cases, failures, skipped }) =>
        `  <testsuite name="${attribute(name)}" tests="${
          cases.length
        }" failures="${failures}" errors="0" skipped="${skipped}">\n${cases.join(
          '',
        )}  </testsuite>\n`,
    ),
    '</testsuites>\n',
  ].join('');
}

function findingCase(finding: Finding): string {
  const {
    rule,
    subject,
    pointer,
    environments,
    outcome,
    reason = '',
  } = finding;
  const name = [subject, pointer, `[${environments.join(', ')}]`]
    .filter(Boolean)
    .join(' ');
  switch (outcome) {
    case 'fail':
      return testCase(rule, name, failure(reason, details(finding)));
    case 'pass':
      return testCase(rule, name, '');
    case 'warn':
      return testCase(
        rule,
        name,
        `      <system-out>${escape(
          `warning: ${reason}\n${details(finding)}`,
        )}</system-out>\n`,
      );
    default:
      return testCase(
        rule,
        name,
        `      <skipped message="${attribute(
          [outcome, reason].filter(Boolean).join(': '),
        )}"/>\n`,
      );
  }
}

function details({ values, locations, remedy }: Finding): string {
  const names = Object.keys({ ...values, ...locations });
  return [
    ...names.map(
      name =>
        `${name}: ${JSON.stringify(values[name]) ?? ''} ${
          locations[name] ?? ''
        }`,
    ),
    ...(remedy ? [remedy] : []),
  ].join('\n');
}

function testCase(rule: string, name: string, content: string): string {
  const head = `    <testcase classname="${attribute(rule)}" name="${attribute(
    name,
  )}"`;
  return content === ''
    ? `${head}/>\n`
    : `${head}>\n${content}    </testcase>\n`;
}

function failure(message: string, text: string): string {
  return `      <failure message="${attribute(message)}">${escape(
    text,
  )}</failure>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML has no way to write most control characters; they are left out. */
function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, character => ENTITIES[character])
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}

/** A reader of XML makes spaces of line ends in an attribute, unless they are written as numbers. */
function attribute(text: string): string {
  return escape(text).replace(
    /[\t\n\r]/g,
    character => `&#${character.charCodeAt(0)};`,
  );
}
