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
