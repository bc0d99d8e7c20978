import path from 'path';
import { parse } from '@cdktf/hcl2json';
import { Finding, Intent, verify } from '@envmatrix/engine';
import {
  infrastructureMutations,
  InfrastructureMutation,
} from '../mutations/infrastructure';
import { COMBINATIONS, intentOfAnswers } from '../../testing';
import { identityProblems } from './__testUtils__/identityProblems';
import { renderInfrastructure } from './__testUtils__/renderInfrastructure';
import { Terraform, terraformProgram } from './__testUtils__/Terraform';

const [exposed, github] = [
  'aws, database, gateway',
  'everything said, aws, github',
].flatMap(wanted => COMBINATIONS.filter(({ name }) => name === wanted));

const intents = {
  aws: intentOfAnswers(exposed.answers),
  local: intentOfAnswers({
    ...exposed.answers,
    cloud: 'local',
    isolation: 'separate',
    aws: undefined,
  }),
  github: intentOfAnswers(github.answers),
};

/** The repository of a mutation before and after, which must not be the same where something was edited. */
function mutated({ repository, edits }: InfrastructureMutation) {
  const intent = intents[repository];
  const before = renderInfrastructure(intent);
  const after = new Map(before);
  for (const { file, from, to } of edits) {
    const names = [...before.keys()].filter(name => file.test(name));
    expect(names).not.toEqual([]);
    for (const name of names) {
      const text = after.get(name) ?? '';
      const edited = text.replace(from, to);
      expect(edited).not.toBe(text);
      after.set(name, edited);
    }
  }
  return { intent, before, after };
}

const texts = new Map<string, Promise<unknown>>();

async function findingsOf(
  intent: Intent,
  files: ReadonlyMap<string, string>,
): Promise<readonly Finding[]> {
  const infrastructure = await Promise.all(
    [...files].map(async ([name, text]) => {
      if (!/\.(tf|tfvars|hcl)$/.test(name)) {
        return { name, text };
      }
      const json = texts.get(text) ?? parse(name, text);
      texts.set(text, json);
      return { name, text, json: await json };
    }),
  );
  return verify({
    intent,
    manifests: {},
    infrastructure,
    now: '2026-11-24T00:00:00Z',
  }).findings;
}

describe('a rule notices', () => {
  for (const mutation of infrastructureMutations) {
    const { caught } = mutation;
    if (caught.by === 'rule') {
      it(`${mutation.name} (${caught.rule})`, async () => {
        const { intent, before, after } = mutated(mutation);
        const count = async (files: ReadonlyMap<string, string>) =>
          (await findingsOf(intent, files)).filter(
            ({ rule, outcome }) =>
              rule === caught.rule && outcome === (caught.outcome ?? 'fail'),
          ).length;
        expect(await count(before)).toBe(0);
        expect(await count(after)).toBeGreaterThan(0);
      });
    }
  }
});

describe('a look at the roles notices', () => {
  for (const mutation of infrastructureMutations) {
    const { caught } = mutation;
    if (caught.by === 'identities') {
      it(`${mutation.name}`, async () => {
        const { before, after } = mutated(mutation);
        await expect(identityProblems(before)).resolves.toEqual([]);
        await expect(identityProblems(after)).resolves.toContain(caught.says);
      });
    }
  }
});

if (terraformProgram) {
  describe('Terraform notices', () => {
    let terraform: Terraform;

    beforeAll(async () => {
      terraform = await Terraform.create();
    });

    afterAll(() => terraform.remove());

    infrastructureMutations.forEach((mutation, index) => {
      const { caught } = mutation;
      if (caught.by === 'plan') {
        it(`${mutation.name}`, async () => {
          const { after } = mutated(mutation);
          const folder = path.join(
            await terraform.write(`mutation-${index}`, after),
            'environments',
            caught.root,
          );
          if (mutation.repository === 'aws') {
            await terraform.keepStateOnDisk(folder, caught.root);
          }
          await terraform.succeed(folder, ['init', '-input=false']);
          const { code, output } = await terraform.run(
            folder,
            [
              'plan',
              '-no-color',
              '-input=false',
              `-var-file=${caught.varFile ?? `${caught.root}.tfvars`}`,
            ],
            caught.account,
          );
          expect(code).toBe(1);
          expect(unwrapped(output)).toContain(caught.says);
        });
      }
      if (caught.by === 'module') {
        it(`${mutation.name} (tests of ${caught.module})`, async () => {
          const { after } = mutated(mutation);
          const folder = path.join(
            await terraform.write(`mutation-${index}`, after),
            'modules',
            caught.module,
          );
          await terraform.succeed(folder, ['init', '-input=false']);
          const { code, output } = await terraform.run(folder, [
            'test',
            '-no-color',
          ]);
          expect(code).toBe(1);
          expect(unwrapped(output)).toContain(caught.says);
        });
      }
    });
  });
}

/** Terraform breaks messages into lines of a box. */
function unwrapped(output: string): string {
  return output.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
}
