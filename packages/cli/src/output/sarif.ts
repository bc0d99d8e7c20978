import {
  Difference,
  Finding,
  ruleCatalogue,
  VerifyResult,
} from '@envmatrix/engine';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** The rule of a difference that none explains. */
const RESIDUAL = 'K8S-28';

/** What is said of no file stands at the facts that the rules are applied by. */
const INTENT = 'environments.yaml';

/**
 * SARIF 2.1.0, as code hosts show it beside a change. Every result stands at a file and a line, as GitHub refuses the whole
 * document otherwise: what has none at the first place that is known of its subject, or at the intent.
 *
 * @param pathOf - a file as findings name it, as the code host does: relative to the folder where the command runs.
 */
export function toSarif(
  { findings, differences }: VerifyResult,
  pathOf: (file: string) => string = file => file,
): object {
  const placeOf = placesOfSubjects(findings);
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
          ...findings.flatMap(finding =>
            findingResult(finding, pathOf, placeOf),
          ),
          ...differences
            .filter(entry => entry.class === 'unclassified')
            .map(difference => differenceResult(difference, pathOf, placeOf)),
        ],
      },
    ],
  };
}

/** The place of a subject in the first of the environments that has one. */
type PlaceOf = (subject: string, environments: readonly string[]) => string;

function placesOfSubjects(findings: readonly Finding[]): PlaceOf {
  const places = new Map<string, Map<string, string>>();
  for (const { subject, locations } of findings) {
    const known = places.get(subject) ?? new Map<string, string>();
    places.set(subject, known);
    for (const [environment, place] of Object.entries(locations)) {
      if (!known.has(environment)) {
        known.set(environment, place);
      }
    }
  }
  return (subject, environments) => {
    const known = places.get(subject);
    return (
      environments.flatMap(name => known?.get(name) ?? [])[0] ??
      [...(known?.values() ?? [])][0] ??
      INTENT
    );
  };
}

function findingResult(
  finding: Finding,
  pathOf: (file: string) => string,
  placeOf: PlaceOf,
): object[] {
  const { rule, outcome, subject, pointer, reason, title } = finding;
  if (outcome !== 'fail' && outcome !== 'warn' && outcome !== 'waived') {
    return [];
  }
  const told = finding.environments.filter(name =>
    Object.hasOwn(finding.locations, name),
  );
  const names = told.length > 0 ? told : Object.keys(finding.locations);
  const places = [...new Set(names.map(name => finding.locations[name]))];
  return [
    {
      ruleId: rule,
      level: outcome === 'warn' ? 'warning' : 'error',
      message: {
        text: `${[subject, pointer].filter(Boolean).join(' ')}: ${
          reason ?? title
        }`,
      },
      locations: (places.length > 0
        ? places
        : [placeOf(subject, finding.environments)]
      ).map(place => location(place, subject, pathOf)),
      ...(outcome === 'waived'
        ? { suppressions: [{ kind: 'external', justification: reason }] }
        : {}),
    },
  ];
}

function differenceResult(
  difference: Difference,
  pathOf: (file: string) => string,
  placeOf: PlaceOf,
): object {
  const { from, to, subject, pointer } = difference;
  return {
    ruleId: difference.rule ?? RESIDUAL,
    level: 'error',
    message: {
      text: `${subject} ${pointer} differs between ${from} and ${to}, and no rule says that it may`,
    },
    locations: [location(placeOf(subject, [to, from]), subject, pathOf)],
  };
}

function location(
  place: string,
  subject: string,
  pathOf: (file: string) => string,
): object {
  const [, file = place, line] = /^([\s\S]*?)(?::(\d+))?$/.exec(place) ?? [];
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(pathOf(file)) },
      // Lines begin at one; where none is known, the file as a whole is meant.
      region: { startLine: Number(line) >= 1 ? Number(line) : 1 },
    },
    logicalLocations: [{ fullyQualifiedName: subject }],
  };
}

/** A path as a reference of RFC 3986: what has a meaning there is written out. */
function uriOf(path: string): string {
  const encoded = path
    .replace(/\\/g, '/')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  // Only a path from the root of the file system needs a scheme; a colon in the first segment would be taken for one.
  return encoded.startsWith('/') ? `file://${encoded}` : encoded;
}
