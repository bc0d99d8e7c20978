import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { answerOf } from './wantedField';

/** What the last page tells the form: whether everything may be created. */
export interface ReviewAnswer {
  readonly state: 'checking' | 'ready' | 'problems' | 'error' | 'stale';
  readonly problems?: number;
}

/** Why nothing can be created yet; undefined when it can. */
export function reviewProblem(
  answer: ReviewAnswer | undefined,
): string | undefined {
  const checking = 'What will be created is still being checked';
  if (!answer) {
    return checking;
  }
  switch (answer.state) {
    case 'ready':
      return undefined;
    case 'problems':
      return answer.problems === 1
        ? 'There is one thing to put right before anything is created'
        : `There are ${answer.problems} things to put right before anything is created`;
    case 'error':
      return 'What will be created could not be checked; try again above';
    case 'stale':
      return 'What will be created was checked a while ago; check it again above';
    case 'checking':
      return checking;
    default:
      throw new Error(`Unknown state ${answer.state satisfies never}`);
  }
}

/** The pages of the wizard that a problem can be put right on. */
export type WizardPage =
  | 'service'
  | 'needs'
  | 'environments'
  | 'gate'
  | 'repositories';

/** The page of each answer that is not on the first one. */
const PAGES: Readonly<Record<string, WizardPage>> = {
  cloud: 'needs',
  exposure: 'needs',
  ingress: 'needs',
  database: 'needs',
  secrets: 'needs',
  slo: 'needs',
  alerts: 'needs',
  terraformFlavour: 'needs',
  stateBackend: 'needs',
  isolation: 'environments',
  acknowledged: 'environments',
  environments: 'environments',
  clusters: 'environments',
  parityAllow: 'environments',
  prodGate: 'gate',
  stagingTrigger: 'gate',
  argocd: 'gate',
  repos: 'repositories',
  github: 'repositories',
};

/** The page that asks for a field of the intent, or of the answers. */
export function pageOf(field: string): WizardPage {
  return PAGES[answerOf(field)] ?? 'service';
}

/** How many rules came to what. */
export interface Judgement {
  readonly hold: number;
  readonly fail: number;
  readonly unknown: number;
  readonly unclassified: number;
}

export function judgementOf({
  findings,
  summary,
}: Pick<Preview, 'findings' | 'summary'>): Judgement {
  // What nobody was asked about is for later, and not for this page.
  const rules = (...outcomes: string[]) =>
    new Set(
      findings
        .filter(
          ({ outcome, missing }) =>
            outcomes.includes(outcome) && missing === undefined,
        )
        .map(({ rule }) => rule),
    );
  const fail = rules('fail');
  const unknown = rules('unknown', 'not-deployed');
  const hold = [...rules('pass', 'warn', 'waived')].filter(
    rule => !fail.has(rule) && !unknown.has(rule),
  );
  return {
    hold: hold.length,
    fail: fail.size,
    unknown: [...unknown].filter(rule => !fail.has(rule)).length,
    unclassified: summary.classes.unclassified ?? 0,
  };
}

/** A folder of a repository with what is right below it. */
export interface FolderSummary {
  readonly folder: string;
  readonly entries: readonly string[];
}

/** The folders of a repository in one look: what is in them, without the files. */
export function folderSummaries(
  files: readonly { readonly path: string }[],
): FolderSummary[] {
  const folders = new Map<string, Set<string>>();
  for (const { path } of files) {
    const [folder, entry, ...rest] = path.split('/');
    if (entry !== undefined) {
      const entries = folders.get(folder) ?? new Set();
      folders.set(folder, entries);
      if (rest.length > 0) {
        entries.add(entry);
      }
    }
  }
  return [...folders]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([folder, entries]) => ({ folder, entries: [...entries].sort() }));
}
