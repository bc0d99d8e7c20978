import fs from 'fs/promises';
import path from 'path';
import { mockServices } from '@backstage/backend-test-utils';
import { loadDeployConfig } from '@envmatrix/checkout';
import { parseIntent } from '@envmatrix/engine';
import { Assembled } from './assembleInput';
import { Judge } from './judge';

const FIXTURE = path.join(
  __dirname,
  '../../../../packages/cli/src/__fixtures__',
);

describe('Judge', () => {
  it('says of a repository what the command line says of it', async () => {
    const directory = path.join(FIXTURE, 'deploy-config');
    const read = parseIntent(
      await fs.readFile(path.join(directory, 'environments.yaml'), 'utf8'),
    );
    if (!read.ok) {
      throw new Error(JSON.stringify(read.problems));
    }
    const { intent } = read;
    const config = await loadDeployConfig({ directory, intent });
    const input: Pick<
      Assembled,
      'entityRef' | 'intent' | 'now' | 'argocdFiles'
    > & { environments: unknown } = {
      entityRef: 'component:default/checkout',
      intent,
      now: '2026-11-24T12:00:00.000Z',
      argocdFiles: {
        revision: 'abc',
        files: config.argocd,
        repository: config.repository,
      },
      environments: intent.environments.map(definition => ({
        definition,
        desired: {
          value: {
            revision: 'abc',
            path: config.manifests[definition.name][0].name,
            manifests: config.manifests[definition.name][0].text,
          },
        },
      })),
    };
    const judge = new Judge({ logger: mockServices.logger.mock() });
    const { findings, differences } = judge.judge(input as Assembled);
    const told: unknown = JSON.parse(
      await fs.readFile(path.join(FIXTURE, 'verified.json'), 'utf8'),
    );
    expect(JSON.parse(JSON.stringify({ findings, differences }))).toEqual(told);
  });
});
