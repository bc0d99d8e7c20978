import { intentOfAnswers, readTemplateSkeleton } from '../testing';
import { templateValues } from './templateValues';

const values = templateValues(
  intentOfAnswers({
    service: 'checkout',
    owner: 'group:default/payments',
    image: 'ghcr.io/acme/checkout',
    repos: { host: 'git.example.com', owner: 'acme' },
  }),
);

const readme =
  readTemplateSkeleton().find(({ path }) => path === 'README.md')?.content ??
  '';

const documented = (name: string) =>
  new RegExp(`\`(?:[a-z.]*\\.)?${name}(?:\`|\\.)`).test(readme);

describe('templateValues', () => {
  it.each([
    ['of the service', Object.keys(values)],
    ['of an environment', Object.keys(values.environments[0])],
    ['of a target', Object.keys(values.environments[0].targets[0])],
    ['of a cluster', Object.keys(values.clusters[0])],
    ['of a root', Object.keys(values.roots[0])],
  ])("are all in the skeleton's README: %s", (_, names) => {
    expect(names.filter(name => !documented(name))).toEqual([]);
  });
});

describe('the nodes of a cluster that says none', () => {
  const kinds = (...names: string[]) =>
    names.map((name, index) => ({
      name,
      kind:
        index === names.length - 1
          ? ('production' as const)
          : ('non-production' as const),
    }));
  const six = kinds('dev', 'qa', 'uat', 'perf', 'preprod', 'live');
  const countsOf = (more: Partial<Parameters<typeof intentOfAnswers>[0]>) =>
    Object.fromEntries(
      templateValues(
        intentOfAnswers({
          service: 'checkout',
          owner: 'group:default/payments',
          image: 'ghcr.io/acme/checkout',
          repos: { host: 'git.example.com', owner: 'acme' },
          ...more,
        }),
      ).roots.map(({ cluster_name, node_count }) => [cluster_name, node_count]),
    );

  it('are as many as the quotas of all its environments need', () => {
    expect(countsOf({})).toEqual({ nonprod: 3, prod: 5 });
    // 66 CPU, of which a node of 16 carries 14.4.
    expect(countsOf({ environments: six })).toEqual({ nonprod: 5, prod: 5 });
  });

  it('are of the type that was chosen, and are no more than what was said', () => {
    const nodes = { type: 'standard-8' };
    expect(
      countsOf({
        environments: six,
        nodes: { nonprod: { ...nodes, count: 4 } },
      }),
    ).toEqual({ nonprod: 4, prod: 5 });
  });
});
