import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { parse } from 'yaml';
import { removeFolder } from '../__testUtils__/removeFolder';
import { customise, readManifests } from './manifestFiles';

describe('the files of a source', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'playground-files-'));
  });

  afterEach(() => removeFolder(folder));

  const write = async (name: string, text: string) => {
    const file = path.join(folder, name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, text);
  };
  const object = (name: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

  it.each([
    [{}, ['a', 'a2', 'b']],
    [{ include: 'a*.yaml' }, ['a', 'a2']],
    [{ exclude: 'a.yaml' }, ['b']],
    [{ recurse: true }, ['a', 'a2', 'b', 'c']],
  ])('are read as they lie there, with %j', async (directory, names) => {
    await write('a.yaml', `${object('a')}---\n${object('a2')}`);
    await write('b.yml', object('b'));
    await write('below/c.yaml', object('c'));
    await write('notes.md', 'nothing');
    const found = await readManifests(folder, directory);
    expect(found.map(({ metadata }) => metadata.name)).toEqual(names);
  });

  it('take the images and patches that the source says beside them', async () => {
    await write(
      'kustomization.yaml',
      JSON.stringify({
        images: [{ name: 'checkout', newTag: '1' }, { name: 'sidecar' }],
        patches: [{ path: 'patch.yaml' }],
      }),
    );
    const patch = {
      target: { kind: 'SecretStore', name: 'checkout' },
      patch: '- op: remove\n  path: /spec/provider/fake',
    };
    await customise(folder, {
      images: ['checkout=ghcr.io/acme/checkout:2'],
      patches: [patch],
    });
    const text = await fs.readFile(
      path.join(folder, 'kustomization.yaml'),
      'utf8',
    );
    expect(parse(text)).toEqual({
      images: [
        { name: 'sidecar' },
        { name: 'checkout', newName: 'ghcr.io/acme/checkout', newTag: '2' },
      ],
      patches: [{ path: 'patch.yaml' }, patch],
    });
  });
});
