import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { runCommand } from './commands';
import { createControl, type ReleaseRequest } from './control';
import { createService, type LocalService } from './core';
import { forgetRunning, recordRunning } from './runningPlayground';
import { removeFolder } from './__testUtils__/removeFolder';

describe('the commands of a playground', () => {
  let state: string;
  let services: LocalService[];
  let control: LocalService;
  const released: ReleaseRequest[] = [];
  const logged: string[] = [];

  beforeEach(async () => {
    state = await fs.mkdtemp(path.join(os.tmpdir(), 'playground-commands-'));
    await fs.writeFile(path.join(state, 'credentials.json'), '{}');
    released.length = 0;
    services = ['git', 'nonprod', 'prod'].map(name =>
      createService({
        name,
        port: 0,
        handler: (_, response) => response.end('fine'),
      }),
    );
    control = createControl({
      port: 0,
      services,
      release: async request => {
        if (request.version === '1.0.0') {
          throw new Error('Version 1.0.0 of checkout is released already');
        }
        released.push(request);
      },
      log: message => logged.push(message),
    });
    await Promise.all([...services, control].map(service => service.start()));
    await recordRunning(state, { url: control.url, pid: process.pid });
  });

  afterEach(async () => {
    await Promise.all([...services, control].map(service => service.stop()));
    await removeFolder(state);
  });

  async function run(...argv: string[]) {
    const out: string[] = [];
    const error: string[] = [];
    const code = await runCommand([...argv, '--state', state], {
      out: line => out.push(line),
      error: line => error.push(line),
    });
    return { code, out, error };
  }

  it('stop, hang and start a part', async () => {
    const [, nonprod] = services;
    expect(await run('playground', 'stop', 'nonprod')).toEqual({
      code: 0,
      out: ['nonprod stopped'],
      error: [],
    });
    await expect(fetch(nonprod.url)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    expect(await run('playground', 'hang', 'nonprod')).toEqual({
      code: 0,
      out: ['nonprod hangs'],
      error: [],
    });
    expect(nonprod.condition).toBe('hanging');
    expect(await run('playground', 'start', 'nonprod')).toEqual({
      code: 0,
      out: ['nonprod up'],
      error: [],
    });
    expect(await (await fetch(nonprod.url)).text()).toBe('fine');
  });

  it('show what every part has been asked', async () => {
    await fetch(services[0].url).then(response => response.text());
    const { code, out } = await run('playground', 'status');
    expect(code).toBe(0);
    expect(out.map(line => line.split(/\s+/).slice(0, 4))).toEqual([
      ['git', 'up', services[0].url, '1'],
      ['nonprod', 'up', services[1].url, '0'],
      ['prod', 'up', services[2].url, '0'],
    ]);
  });

  it('release a version, one that fails too', async () => {
    expect(
      await run('release', '--service', 'checkout', '--version', '1.1.0'),
    ).toEqual({ code: 0, out: ['Released checkout 1.1.0'], error: [] });
    await run(
      'release',
      '--service',
      'checkout',
      '--version',
      '1.2.0',
      '--fail',
      'crash',
    );
    expect(released).toEqual([
      { service: 'checkout', version: '1.1.0' },
      { service: 'checkout', version: '1.2.0', fail: 'crash' },
    ]);
  });

  it.each([
    {
      argv: ['release', '--service', 'checkout', '--version', '1.0.0'],
      says: /^Version 1\.0\.0 of checkout is released already$/,
    },
    {
      argv: ['release', '--service', 'checkout'],
      says: /required option '--version <version>' not specified/,
    },
    {
      argv: ['release', '--service', 'a', '--version', '1', '--fail', 'slowly'],
      says: /Allowed choices are pull, crash/,
    },
    {
      argv: ['playground', 'stop', 'moon'],
      says: /^There is no 'moon'; there are nonprod, prod, argocd, git, identity$/,
    },
    {
      argv: ['playground', 'stop', 'identity'],
      says: /^There is no 'identity'; there are git, nonprod, prod$/,
    },
    {
      argv: ['playground', 'explode', 'prod'],
      says: /unknown command 'explode'/,
    },
    { argv: ['reset'], says: /^The playground is running: stop it first/ },
  ])('refuse $argv in a sentence', async ({ argv, says }) => {
    const { code, out, error } = await run(...argv);
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(error.join('\n')).toMatch(says);
  });

  describe('when nothing runs', () => {
    it.each([
      [['playground', 'status']],
      [['playground', 'stop', 'prod']],
      [['release', '--service', 'a', '--version', '1.0.0']],
    ])('%s say so', async argv => {
      // What a crash leaves behind.
      await control.stop();
      expect(await run(...argv)).toEqual({
        code: 1,
        out: [],
        error: ['The playground is not running; start it with: npm start'],
      });
      await forgetRunning(state);
      expect(await run(...argv)).toEqual({
        code: 1,
        out: [],
        error: ['The playground is not running; start it with: npm start'],
      });
    });

    it('reset removes the state folder', async () => {
      await control.stop();
      expect(await run('reset')).toEqual({
        code: 0,
        out: [`Removed ${state}`],
        error: [],
      });
      await expect(fs.stat(state)).rejects.toMatchObject({ code: 'ENOENT' });
      expect((await run('reset')).code).toBe(0);
    });

    it('reset removes no folder that is not its own', async () => {
      await control.stop();
      await fs.rm(path.join(state, 'credentials.json'));
      await fs.rm(path.join(state, 'running.json'));
      await fs.writeFile(path.join(state, 'thesis.txt'), 'years of work');
      const { code, error } = await run('reset');
      expect({ code, error }).toEqual({
        code: 1,
        error: [
          `${state} is no state folder of a playground; nothing was removed`,
        ],
      });
      expect(await fs.readdir(state)).toEqual(['thesis.txt']);
    });
  });

  describe('the API behind them', () => {
    it.each([
      {
        title: 'a page of another site',
        route: '/services/prod/stop',
        init: { method: 'POST', headers: { origin: 'https://example.com' } },
        status: 403,
      },
      {
        title: 'what is not JSON',
        route: '/release',
        init: { method: 'POST', body: 'now' },
        status: 400,
      },
      {
        title: 'an incomplete release',
        route: '/release',
        init: { method: 'POST', body: '{"service":"checkout"}' },
        status: 400,
      },
      {
        title: 'a way to fail that there is not',
        route: '/release',
        init: {
          method: 'POST',
          body: '{"service":"a","version":"1.1.0","fail":"x"}',
        },
        status: 400,
      },
      {
        title: 'what it does not know',
        route: '/status',
        init: { method: 'DELETE' },
        status: 404,
      },
    ])('refuses $title', async ({ route, init, status }) => {
      const response = await fetch(`${control.url}${route}`, init);
      expect({ status: response.status, body: await response.json() }).toEqual({
        status,
        body: { error: expect.any(String) },
      });
      expect(services.map(({ condition }) => condition)).toEqual([
        'up',
        'up',
        'up',
      ]);
      expect(released).toEqual([]);
    });
  });
});
