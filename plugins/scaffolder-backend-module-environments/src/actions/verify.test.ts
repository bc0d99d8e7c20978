import fs from 'fs/promises';
import path from 'path';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { createVerifyAction } from './verify';

const FIXTURE = path.join(
  __dirname,
  '../../../../packages/cli/src/__fixtures__',
);
const NOW = () => new Date('2026-11-24T12:00:00.000Z');

describe('environments:verify', () => {
  const workspace = createMockDirectory();

  beforeEach(async () => {
    workspace.clear();
    await fs.cp(
      path.join(FIXTURE, 'deploy-config'),
      path.join(workspace.path, 'deploy-config'),
      { recursive: true },
    );
  });

  const context = (input: { failOnFindings?: boolean } = {}) =>
    createMockActionContext({ workspacePath: workspace.path, input });

  it('says of a repository what the command line says of it', async () => {
    const ctx = context();
    await createVerifyAction({ now: NOW }).handler(ctx);
    const outputs = new Map(
      jest
        .mocked(ctx.output)
        .mock.calls.map(([name, value]): [string, unknown] => [
          String(name),
          value,
        ]),
    );
    const told: unknown = JSON.parse(
      await fs.readFile(path.join(FIXTURE, 'verified.json'), 'utf8'),
    );
    expect(
      JSON.parse(
        JSON.stringify({
          findings: outputs.get('findings'),
          differences: outputs.get('differences'),
        }),
      ),
    ).toEqual(told);
    expect(outputs.get('failed')).toBe(0);
    expect(outputs.get('summary')).toMatch(/none fails/);
  });

  const breakProbe = async () => {
    const file = path.join(
      workspace.path,
      'deploy-config/apps/checkout/overlays/prod/deployment-patch.yaml',
    );
    const text = await fs.readFile(file, 'utf8');
    await fs.writeFile(file, text.replace(/replicas: \d+/, 'replicas: 1'));
  };

  it('fails the task when a rule does not hold, and says which', async () => {
    await breakProbe();
    const ctx = context();
    const error = jest.spyOn(ctx.logger, 'error');
    await expect(createVerifyAction({ now: NOW }).handler(ctx)).rejects.toThrow(
      /do not hold to their rules: \d+ failing/,
    );
    expect(error.mock.calls.map(([line]) => String(line)).join('\n')).toMatch(
      /K8S-08/,
    );
  });

  it('goes on all the same when it is told to', async () => {
    await breakProbe();
    const ctx = context({ failOnFindings: false });
    await createVerifyAction({ now: NOW }).handler(ctx);
    expect(ctx.output).toHaveBeenCalledWith('failed', expect.any(Number));
  });

  it('says where an intent is wrong', async () => {
    await fs.writeFile(
      path.join(workspace.path, 'deploy-config/environments.yaml'),
      'apiVersion: environments.envmatrix.dev/v1alpha1\nkind: Environments\nmetadata: { name: NotALabel, owner: x }\n',
    );
    await expect(
      createVerifyAction({ now: NOW }).handler(context()),
    ).rejects.toThrow(
      /environments\.yaml:3: metadata\.name must be a DNS label/,
    );
  });
});
