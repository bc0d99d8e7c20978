import fs from 'fs';
import os from 'os';
import path from 'path';
import { deployConfigs } from '../deployConfigs';
import { inFolder, run } from '../programs';
import { ClonedRepository } from './__testUtils__/ClonedRepository';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

const first = fs.mkdtempSync(path.join(os.tmpdir(), 'proof-'));
const generated = ClonedRepository.create(first);
afterAll(() => fs.rmSync(first, { recursive: true, force: true }));

const withRepository = (work: (repository: ClonedRepository) => void) =>
  inFolder(folder => work(generated.copyTo(folder)));

describe('release.sh', () => {
  it('brings a release to the first environment: one line of one file, pushed', () => {
    withRepository(repository => {
      expect(repository.script('release.sh', ['checkout', '0.2.0'])).toEqual(
        expect.objectContaining({ code: 0 }),
      );
      expect(repository.changed('origin/main')).toEqual([
        '--- a/apps/checkout/overlays/dev/kustomization.yaml',
        '+++ b/apps/checkout/overlays/dev/kustomization.yaml',
        '-    newTag: "0.1.0"',
        '+    newTag: "0.2.0"',
      ]);
    });
  });

  it('does nothing a second time', () => {
    withRepository(repository => {
      repository.script('release.sh', ['checkout', '0.2.0', DIGEST]);
      const before = repository.commits();
      const again = repository.script('release.sh', [
        'checkout',
        '0.2.0',
        DIGEST,
      ]);
      expect(again).toMatchObject({ code: 0 });
      expect(again.stderr).toContain('dev has 0.2.0 already');
      expect(repository.commits()).toBe(before);
    });
  });

  it('comes through where someone else pushed in between', () => {
    withRepository(repository => {
      const another = repository.another();
      expect(repository.script('release.sh', ['checkout', '0.2.0']).code).toBe(
        0,
      );
      run('sh', ['-c', 'echo "# note" >> README.md'], { cwd: another });
      repository.git('-C', another, 'commit', '--quiet', '-am', 'A note');
      expect(repository.script('push.sh', [], another).code).toBe(0);
      repository.git('-C', repository.clone, 'fetch', '--quiet');
      expect(
        repository.git(
          '-C',
          repository.clone,
          'log',
          '--format=%s',
          'origin/main',
        ),
      ).toBe('A note\nRelease checkout 0.2.0 to dev\nFirst\n');
    });
  });

  it('stops where both changed the same line', () => {
    withRepository(repository => {
      const another = repository.another();
      repository.script('release.sh', ['checkout', '0.2.0']);
      const late = repository.script(
        'release.sh',
        ['checkout', '0.3.0'],
        another,
      );
      expect(late.code).not.toBe(0);
      expect(
        repository.git('-C', repository.origin, 'log', '--format=%s', 'main'),
      ).toBe('Release checkout 0.2.0 to dev\nFirst\n');
    });
  });

  it('sets, changes and takes away the digest beside the tag', () => {
    withRepository(repository => {
      repository.script('release.sh', ['checkout', '0.2.0', DIGEST]);
      expect(repository.changed().slice(2)).toEqual([
        '-    newTag: "0.1.0"',
        '+    newTag: "0.2.0"',
        `+    digest: ${DIGEST}`,
      ]);
      repository.script('release.sh', ['checkout', '0.3.0']);
      expect(repository.changed().slice(2)).toEqual([
        '-    newTag: "0.2.0"',
        `-    digest: ${DIGEST}`,
        '+    newTag: "0.3.0"',
      ]);
    });
  });
});

const SOURCE_COMMIT = '9f31c2a9f31c2a9f31c2a9f31c2a9f31c2a9f31c';

describe('the commit that a release was built from', () => {
  const message = (repository: ClonedRepository) =>
    repository.git('-C', repository.clone, 'log', '-1', '--format=%B').trim();

  it('is a trailer of the commit that brings it, from the first environment to the last', () => {
    withRepository(repository => {
      repository.script('release.sh', [
        'checkout',
        '0.2.0',
        DIGEST,
        SOURCE_COMMIT,
      ]);
      expect(message(repository)).toBe(
        `Release checkout 0.2.0 to dev\n\nSource-Commit: ${SOURCE_COMMIT}`,
      );

      // Something else changes in between, and another release comes and goes.
      const dev = 'apps/checkout/overlays/dev/kustomization.yaml';
      repository.script('release.sh', ['checkout', '0.3.0', '-', 'abcdef0']);
      expect(message(repository)).toContain('Source-Commit: abcdef0');
      repository.git('-C', repository.clone, 'revert', '--no-edit', 'HEAD');
      run('sh', ['-c', `echo '# note' >> ${dev}`], { cwd: repository.clone });
      repository.git('-C', repository.clone, 'commit', '-qam', 'A note');
      repository.script('push.sh', []);

      repository.script('release.sh', [
        'checkout',
        '0.4.0',
        DIGEST,
        SOURCE_COMMIT,
      ]);
      repository.script('promote.sh', ['checkout', 'staging', '0.4.0']);
      expect(message(repository)).toBe(
        `Promote checkout 0.4.0 to staging\n\nSource-Commit: ${SOURCE_COMMIT}`,
      );
      repository.script('promote.sh', ['checkout', 'prod', '0.4.0']);
      expect(message(repository)).toBe(
        `Promote checkout 0.4.0 to prod\n\nSource-Commit: ${SOURCE_COMMIT}`,
      );
    });
  });

  it('is left out where nobody says it, and refused where it is none', () => {
    withRepository(repository => {
      repository.script('release.sh', ['checkout', '0.2.0']);
      expect(message(repository)).toBe('Release checkout 0.2.0 to dev');
      repository.script('promote.sh', ['checkout', 'staging', '0.2.0']);
      expect(message(repository)).toBe('Promote checkout 0.2.0 to staging');

      const refused = repository.script('release.sh', [
        'checkout',
        '0.3.0',
        '-',
        'main\nReviewed-by: nobody',
      ]);
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.stderr).toContain('is not a commit');
    });
  });
});

describe('promote.sh', () => {
  it('takes tag and digest along, as one commit that is not pushed, and says how it has to reach main', () => {
    withRepository(repository => {
      repository.script('release.sh', ['checkout', '0.2.0', DIGEST]);
      const output = path.join(repository.folder, 'output');
      const { code, stdout } = repository.script(
        'promote.sh',
        ['checkout', 'staging', '0.2.0'],
        repository.clone,
        { GITHUB_OUTPUT: output },
      );
      expect(code).toBe(0);
      expect(stdout).toBe(
        'way=commit\nbranch=promote/staging-0.2.0\ntitle=Promote checkout 0.2.0 to staging\n',
      );
      expect(run('cat', [output]).stdout).toBe(stdout);
      expect(repository.changed()).toEqual([
        '--- a/apps/checkout/overlays/staging/kustomization.yaml',
        '+++ b/apps/checkout/overlays/staging/kustomization.yaml',
        '-    newTag: "0.1.0"',
        '+    newTag: "0.2.0"',
        `+    digest: ${DIGEST}`,
      ]);
      expect(
        repository.git(
          '-C',
          repository.clone,
          'rev-list',
          '--count',
          'origin/main..HEAD',
        ),
      ).toBe('1\n');
    });
  });

  it('proposes what goes to production', () => {
    withRepository(repository => {
      repository.script('release.sh', ['checkout', '0.2.0']);
      repository.script('promote.sh', ['checkout', 'staging', '0.2.0']);
      expect(
        repository.script('promote.sh', ['checkout', 'prod', '0.2.0']).stdout,
      ).toContain('way=pull-request\nbranch=promote/prod-0.2.0\n');
    });
  });

  it('does nothing a second time', () => {
    withRepository(repository => {
      repository.script('release.sh', ['checkout', '0.2.0']);
      repository.script('promote.sh', ['checkout', 'staging', '0.2.0']);
      const before = repository.commits();
      expect(
        repository.script('promote.sh', ['checkout', 'staging', '0.2.0']),
      ).toMatchObject({ code: 0, stdout: 'way=none\n' });
      expect(repository.commits()).toBe(before);
    });
  });

  describe('refuses, and changes nothing', () => {
    it.each([
      [
        'a version that the environment before does not have',
        ['checkout', 'staging', '0.3.0'],
        'dev has 0.1.0, not 0.3.0',
      ],
      [
        'an environment that is not promoted into',
        ['checkout', 'dev', '0.1.0'],
        "'dev' is not an environment that is promoted into",
      ],
      [
        'an environment that does not exist',
        ['checkout', '../prod', '0.1.0'],
        "'../prod' is not an environment",
      ],
      [
        'a service that does not exist',
        ['billing', 'staging', '0.1.0'],
        "'billing' is not a service",
      ],
      [
        'a path in place of a service',
        ['../checkout', 'staging', '0.1.0'],
        "'../checkout' is not a service",
      ],
      [
        'a tag that is another image tomorrow',
        ['checkout', 'staging', 'latest'],
        "'latest' is not a version",
      ],
      [
        'a command in place of a version',
        ['checkout', 'staging', '$(touch gone)'],
        'is not an image tag',
      ],
      [
        'a second line behind a version',
        ['checkout', 'staging', '0.1.0\nway=commit'],
        'is not an image tag',
      ],
      ['too little', ['checkout', 'staging'], 'usage: '],
    ])('%s', (_, args, message) => {
      const { code, stdout, stderr } = generated.script('promote.sh', args);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toContain(message);
      expect(generated.commits()).toBe(1);
      expect(
        generated.git('-C', generated.clone, 'status', '--porcelain'),
      ).toBe('');
    });
  });

  it('refuses to take along what else is about to be committed', () => {
    withRepository(repository => {
      repository.script('release.sh', ['checkout', '0.2.0']);
      run('sh', ['-c', 'echo x >> README.md && git add README.md'], {
        cwd: repository.clone,
      });
      const { code, stderr } = repository.script('promote.sh', [
        'checkout',
        'staging',
        '0.2.0',
      ]);
      expect(code).toBe(1);
      expect(stderr).toContain('would change');
      expect(repository.commits()).toBe(2);
    });
  });

  it('moves the pin of an Application on, to the commit before its own and to the release', () => {
    const config = deployConfigs().find(({ files }) =>
      files.some(
        ({ path: file, content }) =>
          file === 'argocd/applications/checkout-prod.yaml' &&
          content.includes('- checkout=ghcr.io/acme/checkout:0.1.0'),
      ),
    );
    inFolder(folder => {
      const repository = ClonedRepository.create(folder, config?.files);
      repository.script('release.sh', ['checkout', '0.2.0', DIGEST]);
      repository.script('promote.sh', ['checkout', 'staging', '0.2.0']);
      const head = () =>
        repository.git('-C', repository.clone, 'rev-parse', 'HEAD').trim();
      const before = head();
      expect(
        repository.script('promote.sh', ['checkout', 'prod', '0.2.0']),
      ).toMatchObject({ code: 0 });
      expect(repository.changed()).toEqual([
        '--- a/apps/checkout/overlays/prod/kustomization.yaml',
        '+++ b/apps/checkout/overlays/prod/kustomization.yaml',
        '-    newTag: "0.1.0"',
        '+    newTag: "0.2.0"',
        `+    digest: ${DIGEST}`,
        '--- a/argocd/applications/checkout-prod.yaml',
        '+++ b/argocd/applications/checkout-prod.yaml',
        '-    targetRevision: main',
        `+    targetRevision: "${before}"`,
        '-        - checkout=ghcr.io/acme/checkout:0.1.0',
        `+        - checkout=ghcr.io/acme/checkout:0.2.0@${DIGEST}`,
      ]);
    });
  });

  // The same script is run once.
  const configs = new Map(
    deployConfigs().map(config => [config.read('scripts/promote.sh'), config]),
  );
  it.each([...configs.values()].map(config => [config.name, config] as const))(
    'knows the environments, order and ways of its repository: %s',
    (_, { files, intent }) => {
      inFolder(folder => {
        const repository = ClonedRepository.create(folder, files);
        const [initial, ...others] = intent.environments;
        repository.script('release.sh', ['checkout', '0.9.0']);
        expect(repository.changed()[0]).toContain(`/${initial.name}/`);
        for (const environment of others) {
          const { stdout } = repository.script('promote.sh', [
            'checkout',
            environment.name,
            '0.9.0',
          ]);
          const isProposed =
            environment.kind === 'production' &&
            intent.prodGate?.includes('pull-request');
          expect(stdout.split('\n')[0]).toBe(
            isProposed ? 'way=pull-request' : 'way=commit',
          );
        }
      });
    },
  );
});

describe('difference.sh', () => {
  it('shows what a change does to each environment that it touches', () => {
    withRepository(repository => {
      repository.git(
        '-C',
        repository.clone,
        'checkout',
        '--quiet',
        '-b',
        'change',
      );
      repository.script('promote.sh', ['checkout', 'staging', '0.1.0']);
      run(
        'sed',
        [
          '-i',
          's/newTag: "0.1.0"/newTag: "0.5.0"/',
          'apps/checkout/overlays/staging/kustomization.yaml',
        ],
        { cwd: repository.clone },
      );
      const { code, stdout } = repository.script('difference.sh', [
        'origin/main',
      ]);
      expect(code).toBe(0);
      expect(stdout).toContain('### apps/checkout/overlays/staging');
      expect(stdout).toContain(
        '-        image: ghcr.io/acme/checkout:0.1.0\n+        image: ghcr.io/acme/checkout:0.5.0\n',
      );
      expect(stdout).not.toContain('overlays/prod');
      expect(
        repository.git('-C', repository.clone, 'worktree', 'list').trim(),
      ).not.toContain('\n');
    });
  });

  it('says so where nothing changes', () => {
    withRepository(repository => {
      expect(repository.script('difference.sh', ['origin/main']).stdout).toBe(
        'No environment changes.\n',
      );
    });
  });
});

describe('validate.sh', () => {
  const bin = path.resolve(__dirname, '../../../../cli/bin');
  const PATH = `${bin}${path.delimiter}${process.env.PATH}`;

  it('takes what was generated, and nothing that was made worse', () => {
    withRepository(repository => {
      const validated = () =>
        repository.script('validate.sh', [], repository.clone, { PATH });
      expect(validated()).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Nothing fails'),
      });
      run(
        'sed',
        [
          '-i',
          's/maxUnavailable: 0/maxUnavailable: [/',
          'apps/checkout/base/deployment.yaml',
        ],
        { cwd: repository.clone },
      );
      expect(validated()).toMatchObject({
        code: 1,
        stdout: 'rendering apps/checkout/overlays/dev\n',
      });
      repository.git('-C', repository.clone, 'checkout', '--quiet', '.');
      run(
        'sed',
        [
          '-i',
          's/newTag: .*/newTag: latest/',
          'apps/checkout/overlays/prod/kustomization.yaml',
        ],
        { cwd: repository.clone },
      );
      expect(validated()).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('K8S-11'),
      });
    });
  });
});
