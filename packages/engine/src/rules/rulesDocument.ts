import { ruleCatalogue, RuleDescription } from './catalogue';
import { RuleKind, RuleSource } from './rule';

const FAMILIES: readonly (readonly [string, string, string])[] = [
  ['ENV', 'Environments', 'How they are kept apart, and what they stand on.'],
  ['TF', 'Terraform', 'Roots, states, accounts, sizes and plans.'],
  ['CAP', 'Capacity', 'What the nodes carry.'],
  [
    'K8S',
    'Kubernetes',
    'The rendered manifests, of each environment and between them.',
  ],
  ['SEC', 'Secrets', 'Where they come from, and who may read them.'],
  ['PIPE', 'Delivery', 'Argo CD, workflows and gates.'],
  ['OBS', 'Observability', 'Rules, routes, dashboards and what is kept.'],
];

const KINDS: Readonly<Record<RuleKind, string>> = {
  'must match': 'Environments are the same.',
  'must differ': 'Environments are not the same.',
  ordered: 'Environments grow towards production.',
  absolute: 'Every environment by itself.',
  'sources agree': 'Two sources say the same.',
  advisory: 'Advice: it warns, and never fails.',
};

const SOURCES: Readonly<Record<RuleSource, string>> = {
  intent: '`environments.yaml`',
  manifests: 'rendered manifests',
  argocd: 'the `argocd` folder',
  cluster: 'the clusters',
  registry: 'the image registry',
  terraform: 'the infrastructure repository',
  plan: 'plans of Terraform',
  repository: 'the files of the deploy-config repository',
  'git-host': 'the git host',
  vault: 'the secret store',
  prometheus: 'Prometheus',
  grafana: 'Grafana',
};

/**
 * Rules in words, as Markdown: what holds, what it is judged from, what to do. Each has a heading, which links lead to.
 *
 * @param ids - the only rules to describe; all by default.
 * @public
 */
export function rulesDocument(ids?: readonly string[]): string {
  const rules = ruleCatalogue.filter(({ id }) => ids?.includes(id) ?? true);
  if (ids) {
    return `${rules.map(section).join('\n')}`;
  }
  const families = FAMILIES.map(([prefix, title, about]) => {
    const own = rules.filter(({ id }) => id.startsWith(`${prefix}-`));
    return `## ${title}\n\n${about}\n\n${own.map(section).join('\n')}`;
  });
  return `# Rules

Every rule, in the order of the catalogue. \`environments verify\` applies those whose sources it is given; the portal adds what it
observes. What cannot be decided is \`unknown\`, with the source that would tell, and never a pass.

An exception goes into \`parity.allow\` of \`environments.yaml\`, with its reason, and an expiry if it is for a time.

| rule | what holds | step of the guide |
|---|---|---|
${rules
  .map(
    ({ id, title, guideStep }) =>
      `| [${id}](#${id.toLowerCase()}) | ${title} | ${guideStep ?? ''} |`,
  )
  .join('\n')}

${families.join('\n')}`;
}

function section(rule: RuleDescription): string {
  const { id, title, kind, sources, semantics, remedy, guideStep } = rule;
  return `### ${id}

**${title}.** ${semantics}

- Kind: ${kind}. ${KINDS[kind]}
- Judged from: ${sources.map(source => SOURCES[source]).join(', ')}.${
    guideStep === undefined ? '' : `\n- Step of the guide: ${guideStep}.`
  }
- What to do: ${remedy}
`;
}
