import {
  Difference,
  Finding,
  ruleCatalogue,
  VerifyResult,
} from '@envmatrix/engine';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** SARIF 2.1.0, as code hosts show it beside a change. */
export function toSarif({ findings, differences }: VerifyResult): object {
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'environments',
            rules: ruleCatalogue.map(({ id, title, semantics, remedy }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: semantics },
              help: { text: remedy },
            })),
          },
        },
        results: [
          ...findings.flatMap(findingResult),
          ...differences
            .filter(entry => entry.class === 'unclassified')
            .map(differenceResult),
        ],
      },
    ],
  };
}

function findingResult(finding: Finding): object[] {
  const { rule, outcome, subject, pointer, reason, title } = finding;
  if (outcome !== 'fail' && outcome !== 'warn' && outcome !== 'waived') {
    return [];
  }
  const told = finding.environments.filter(name =>
    Object.hasOwn(finding.locations, name),
  );
  const names = told.length > 0 ? told : Object.keys(finding.locations);
  return [
    {
      ruleId: rule,
      level: outcome === 'warn' ? 'warning' : 'error',
      message: {
        text: `${[subject, pointer].filter(Boolean).join(' ')}: ${
          reason ?? title
        }`,
      },
      locations: names.map(name => location(finding.locations[name], subject)),
      ...(outcome === 'waived'
        ? { suppressions: [{ kind: 'external', justification: reason }] }
        : {}),
    },
  ];
}

function differenceResult(difference: Difference): object {
  const { from, to, subject, pointer } = difference;
  return {
    ruleId: difference.rule,
    level: 'error',
    message: {
      text: `${subject} ${pointer} differs between ${from} and ${to}, and no rule says that it may`,
    },
    locations: [{ logicalLocations: [{ fullyQualifiedName: subject }] }],
  };
}

function location(place: string, subject: string): object {
  const [, file, line] = /^(.*?)(?::(\d+))?$/.exec(place) ?? [];
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file ?? place) },
      ...(line ? { region: { startLine: Number(line) } } : {}),
    },
    logicalLocations: [{ fullyQualifiedName: subject }],
  };
}
