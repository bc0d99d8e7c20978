import { Intent, IntentEnvironment, targetsOf } from '@envmatrix/engine';
import { parseAllDocuments } from 'yaml';
import { COMBINATIONS, intentOfAnswers } from '../../testing';
import { accountTokens } from '../accountTokens';
import { identityProblems } from './__testUtils__/identityProblems';
import {
  renderInfrastructure,
  rootsOf,
  sharesCluster,
} from './__testUtils__/renderInfrastructure';
import { hcl } from './__testUtils__/terraformFiles';

const cases = COMBINATIONS.map(({ name, answers }) => {
  const intent = intentOfAnswers(answers);
  return { name, intent, files: renderInfrastructure(intent) };
});

/** What names an environment and must not be found in the root of another: what it has, and where that and its states are. */
function tokensOf(intent: Intent, name: string): string[] {
  const environment = intent.environments.find(entry => entry.name === name);
  return environment
    ? [
        ...targetsOf(environment).map(({ namespace }) => namespace),
        ...(environment.host ? [environment.host] : []),
        `${intent.metadata.name}/${name}/`,
        `.state/${name}/`,
        ...accountTokens(intent, environment),
      ]
    : [];
}

describe.each(cases)('infrastructure of $name', ({ intent, files }) => {
  const roots = rootsOf(files);

  it('is HCL in every file that says so', async () => {
    const names = [...files.keys()].filter(file =>
      /\.(tf|tfvars|hcl)$/.test(file),
    );
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      await expect(hcl(name, files.get(name) ?? '')).resolves.toBeDefined();
    }
  });

  it('has nothing left of the skeleton', () => {
    const left = [...files].filter(([file, text]) =>
      /__[a-z]+__|\{=|=\}|\{%|%\}/.test(file + text),
    );
    expect(left.map(([file]) => file)).toEqual([]);
  });

  it('has roots of the same files, that differ in values and state alone', () => {
    const names = [...files.keys()]
      .filter(file => file.startsWith(`environments/${roots[0]}/`))
      .map(file => file.slice(`environments/${roots[0]}/`.length))
      .filter(
        file =>
          file !== `${roots[0]}.tfvars` &&
          file !== 'backend.tf' &&
          !file.startsWith('tests/'),
      );
    expect(names).toEqual(
      expect.arrayContaining([
        'main.tf',
        'outputs.tf',
        'variables.tf',
        'versions.tf',
      ]),
    );
    for (const name of names) {
      const texts = roots.map(root =>
        files.get(`environments/${root}/${name}`),
      );
      expect(new Set(texts).size).toBe(1);
    }
  });

  it('keeps no two states in one place', () => {
    const places = roots.map(root =>
      files.get(`environments/${root}/backend.tf`),
    );
    expect(new Set(places).size).toBe(roots.length);
  });

  it('names no environment in the root of another', () => {
    for (const root of roots) {
      const text = [...files]
        .filter(([file]) => file.startsWith(`environments/${root}/`))
        .map(([, content]) => content)
        .join('\n');
      const isOwn = ({ name }: IntentEnvironment) =>
        name === root || root.startsWith(`${name}-`);
      // A cluster that environments share is in their account, and in no other.
      const isGuest = (environment: IntentEnvironment) =>
        targetsOf(environment).some(target =>
          intent.clusters.some(
            ({ name, terraformRoot }) =>
              name === target.cluster && (terraformRoot ?? name) === root,
          ),
        );
      const own = intent.environments.flatMap(environment =>
        isOwn(environment) || isGuest(environment)
          ? accountTokens(intent, environment)
          : [],
      );
      const foreign = intent.environments
        .filter(environment => !isOwn(environment))
        .flatMap(({ name }) => tokensOf(intent, name))
        .filter(token => !own.includes(token) && text.includes(token));
      expect({ root, foreign }).toEqual({ root, foreign: [] });
    }
  });

  it('gives every cluster with several environments a root of its own', () => {
    const inside = intent.clusters.map(
      ({ name }) =>
        intent.environments.filter(environment =>
          targetsOf(environment).some(({ cluster }) => cluster === name),
        ).length,
    );
    const shared = intent.clusters.filter((_, index) => inside[index] > 1);
    expect(roots).toEqual(
      expect.arrayContaining(shared.map(({ name }) => name)),
    );
    expect(roots.filter(root => sharesCluster(files, root))).toHaveLength(
      inside.filter(count => count > 1).reduce((sum, count) => sum + count, 0),
    );
    expect(roots).toHaveLength(
      shared.length + inside.reduce((sum, count) => sum + count, 0),
    );
  });

  it('declares entities with names of their own, that depend on what is declared', () => {
    const entities = parseAllDocuments(
      files.get('catalog-info.yaml') ?? '',
    ).map(
      (
        document,
      ): {
        kind: string;
        metadata: { name: string };
        spec: { dependsOn?: string[] };
      } => document.toJS(),
    );
    const names = entities.map(
      ({ kind, metadata }) => `${kind.toLowerCase()}:default/${metadata.name}`,
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(
        roots.map(root => `resource:default/checkout-${root}`),
      ),
    );
    for (const { metadata, spec } of entities) {
      expect(metadata.name).toMatch(/^[a-z0-9-]{1,63}$/);
      expect(names).toEqual(expect.arrayContaining(spec.dependsOn ?? []));
    }
  });
});

it.each(cases.filter(({ files }) => files.has('bootstrap/roles.tf')))(
  'gives pipelines roles that read no data and make no administrator, and applies to one subject alone: $name',
  async ({ files }) => {
    await expect(identityProblems(files)).resolves.toEqual([]);
  },
);

it('has the same interfaces in both flavours', () => {
  const interfaceOf = (index: number) =>
    new Map(
      [...cases[index].files].filter(([file]) =>
        /^modules\/[^/]+\/(variables|outputs)\.tf$/.test(file),
      ),
    );
  const local = interfaceOf(
    cases.findIndex(({ intent }) => intent.cloud === 'local'),
  );
  const aws = interfaceOf(
    cases.findIndex(({ intent }) => intent.cloud === 'aws'),
  );
  const names = (text: string | undefined) =>
    [...(text ?? '').matchAll(/^(?:variable|output) "([^"]+)"/gm)].map(
      ([, name]) => name,
    );
  expect([...local.keys()]).toEqual([...aws.keys()]);
  for (const [file, text] of local) {
    expect({ file, names: names(text) }).toEqual({
      file,
      names: names(aws.get(file)),
    });
  }
});
