import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { JsonDocument } from './jsonDocument';
import { openState } from './state';
import { removeFolder } from '../__testUtils__/removeFolder';

describe('state on disk', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'playground-state-'));
  });

  afterEach(() => removeFolder(folder));

  const open = () =>
    JsonDocument.open({
      file: path.join(folder, 'below', 'git.json'),
      initial: () => ({ names: ['first'] }),
    });

  it('comes back as it was left, with no file but the document itself', async () => {
    const document = await open();
    document.value.names.push('second');
    document.changed();
    document.value.names.push('third');
    document.changed();
    await document.flush();

    expect((await open()).value).toEqual({
      names: ['first', 'second', 'third'],
    });
    expect(await fs.readdir(path.join(folder, 'below'))).toEqual(['git.json']);
  });

  it('is on disk once everything of the process is brought there', async () => {
    const document = await open();
    document.value.names.push('second');
    document.changed();
    await JsonDocument.flushAll();
    expect((await open()).value).toEqual({ names: ['first', 'second'] });
  });

  it('is waited for while it is being written', async () => {
    const document = await open();
    document.value.names.push('second');
    document.changed();
    const writing = document.flush();
    // So that it has begun.
    await Promise.resolve();
    await Promise.resolve();
    await JsonDocument.flushAll();
    expect((await open()).value).toEqual({ names: ['first', 'second'] });
    await writing;
  });

  it('writes nothing while nothing has changed', async () => {
    const document = await open();
    await document.flush();
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it('says what to do when a document is damaged', async () => {
    await fs.mkdir(path.join(folder, 'below'));
    await fs.writeFile(path.join(folder, 'below', 'git.json'), '{"names": [');
    await expect(open()).rejects.toThrow(
      /git\.json cannot be read; remove it, or .* npm run reset/,
    );
  });

  it('keeps its credentials, and keeps them to the person who started it', async () => {
    const first = await openState(folder, { clusters: ['nonprod'] });
    const second = await openState(folder, { clusters: ['nonprod', 'prod'] });
    const { clusterTokens, ...rest } = second.credentials;
    expect({
      ...rest,
      clusterTokens: { nonprod: clusterTokens.nonprod },
    }).toEqual(first.credentials);
    expect(clusterTokens.prod).toMatch(/^[0-9a-f]{48}$/);
    expect(first.credentials.gitToken).toMatch(/^[0-9a-f]{40}$/);
    const { mode } = await fs.stat(path.join(folder, 'credentials.json'));
    expect(mode.toString(8)).toBe('100600');
  });
});
