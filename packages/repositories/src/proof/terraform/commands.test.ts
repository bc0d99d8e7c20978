import fs from 'fs';
import path from 'path';
import { COMBINATIONS, intentOfAnswers } from '../../testing';
import { which } from '../programs';
import {
  renderInfrastructure,
  rootsOf,
} from './__testUtils__/renderInfrastructure';
import { Terraform, terraformProgram } from './__testUtils__/Terraform';

function filesOf(name: string): Map<string, string> {
  const [{ answers }] = COMBINATIONS.filter(entry => entry.name === name);
  const intent = intentOfAnswers({ ...answers, terraformFlavour: 'terraform' });
  return renderInfrastructure(intent);
}

it('names every root and no other in the Makefile', () => {
  const files = filesOf('six environments');
  const [, names] = /^ROOTS +:= (.*)$/m.exec(files.get('Makefile') ?? '') ?? [];
  expect(names.split(' ').sort()).toEqual(rootsOf(files).sort());
});

it('fetches the modules of a fresh clone before it locks their providers', () => {
  expect(filesOf('aws').get('Makefile')).toMatch(
    /\n\t\$\(IN\) get\n\t\$\(IN\) providers lock /,
  );
});

if (terraformProgram && which('make') && which('jq')) {
  let terraform: Terraform;

  beforeAll(async () => {
    terraform = await Terraform.create();
  });

  afterAll(() => terraform.remove());

  it('checks, plans, applies and compares with make', async () => {
    const folder = await terraform.write('local', filesOf('five answers'));
    const make = (...args: string[]) => terraform.execute('make', folder, args);
    const check = await make('check');
    expect(check.code).toBe(0);
    // Four modules and four roots.
    expect(
      check.output.match(/Success!.* [1-9]\d* passed, 0 failed/g),
    ).toHaveLength(8);
    expect((await make('drift', 'ROOT=nonprod')).code).not.toBe(0);
    await expect(make('plan', 'ROOT=nonprod')).resolves.toMatchObject({
      code: 0,
    });
    await expect(make('apply', 'ROOT=nonprod')).resolves.toMatchObject({
      code: 0,
    });
    await expect(make('drift', 'ROOT=nonprod')).resolves.toMatchObject({
      code: 0,
    });
  });

  it('refuses providers without checksums, and says which addresses have drifted', async () => {
    const folder = await terraform.write('aws', filesOf('aws'));
    const prod = path.join(folder, 'environments/prod');
    await terraform.keepStateOnDisk(prod, 'prod');
    const refused = await terraform.execute('make', folder, [
      'init',
      'ROOT=prod',
    ]);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(
      "run 'make lock', and commit what it writes",
    );
    await terraform.succeed(prod, ['init', '-input=false']);
    const report = path.join(folder, 'drift.txt');
    await expect(
      terraform.execute(
        'bash',
        folder,
        ['scripts/drift.sh', 'prod', report],
        '222222222222',
      ),
    ).resolves.toMatchObject({ code: 0 });
    const text = await fs.promises.readFile(report, 'utf8');
    expect(text).toContain('- create module.cluster[0].aws_eks_cluster.this');
  });
}
