import { COMBINATIONS, intentOfAnswers, renderAnswers } from './testing';
import { repositoryProtection } from './protection';

const [{ answers: five }] = COMBINATIONS;

describe('how repositories are to be protected', () => {
  it('asks for a review where production is reached by pull request, and lets pass what is promoted by commit', () => {
    const { deployConfig, infrastructure } = repositoryProtection(
      intentOfAnswers(five),
    );
    expect(deployConfig).toEqual({
      branch: 'main',
      review: {
        approvals: 1,
        checks: ['Validate / validate (pull_request)'],
        directFiles: [
          'apps/checkout/overlays/dev/kustomization.yaml',
          'apps/checkout/overlays/staging/kustomization.yaml',
        ],
      },
      codeOwners: ['acme/payments'],
      deployments: [],
    });
    expect(infrastructure.review).toEqual({
      approvals: 1,
      checks: ['Check / check (pull_request)'],
      directFiles: [],
    });
  });

  it('asks for none where the sync alone holds production back', () => {
    const { deployConfig, infrastructure } = repositoryProtection(
      intentOfAnswers({ ...five, prodGate: ['argo-manual-sync'] }),
    );
    expect(deployConfig.review).toBeUndefined();
    expect(infrastructure.review).toBeUndefined();
  });

  it('lets nobody go round the reviewers of an environment with a push', () => {
    const { deployConfig } = repositoryProtection(
      intentOfAnswers({
        ...five,
        repos: { host: 'github.com', owner: 'acme', dialect: 'github' },
        github: { plan: 'enterprise', reviewers: ['acme/release-managers'] },
        prodGate: ['github-environment', 'argo-manual-sync'],
      }),
    );
    expect(deployConfig.review?.approvals).toBe(1);
  });

  it('names the environments that ask reviewers, and the teams whose reviews have to count', () => {
    const { deployConfig } = repositoryProtection(
      intentOfAnswers({
        ...five,
        repos: { host: 'github.com', owner: 'acme', dialect: 'github' },
        github: {
          plan: 'enterprise',
          reviewers: ['acme/release-managers'],
          appClientId: 'Iv1.x',
        },
        prodGate: ['github-environment', 'pull-request'],
      }),
    );
    expect(deployConfig).toMatchObject({
      review: { checks: ['validate'] },
      codeOwners: ['acme/payments', 'acme/release-managers'],
      deployments: [
        { environment: 'prod', reviewers: ['acme/release-managers'] },
      ],
      deployApp: 'Iv1.x',
    });
  });

  it.each(COMBINATIONS)(
    'names files and checks that the repositories have: $name',
    ({ answers }) => {
      const intent = intentOfAnswers(answers);
      const rendered = renderAnswers(answers);
      const protection = repositoryProtection(intent);
      const paths = rendered.deployConfig.map(({ path }) => path);
      const { review } = protection.deployConfig;
      expect(paths).toEqual(
        expect.arrayContaining([...(review?.directFiles ?? [])]),
      );
      for (const repository of ['infrastructure', 'deployConfig'] as const) {
        const pipelines = rendered[repository]
          .filter(({ path }) => /workflows\/|gitlab-ci/.test(path))
          .map(({ content }) => content)
          .join('\n');
        for (const check of protection[repository].review?.checks ?? []) {
          const [, workflow, job] = /^(?:(\w+) \/ )?(\w+)/.exec(check) ?? [];
          expect(pipelines).toMatch(new RegExp(`^ *${job}:$`, 'm'));
          expect(pipelines).toMatch(
            workflow ? new RegExp(`^name: ${workflow}$`, 'm') : /./,
          );
        }
      }
    },
  );

  it('asks nobody by a pattern that fits nothing on its host', () => {
    for (const dialect of ['gitea', 'github', 'gitlab'] as const) {
      const { deployConfig, infrastructure } = renderAnswers({
        ...five,
        repos: { ...five.repos, dialect },
      });
      for (const files of [deployConfig, infrastructure]) {
        const paths = files.map(({ path }) => path);
        const owners = files.find(({ path }) => path === 'CODEOWNERS');
        const lines = (owners?.content ?? '')
          .split('\n')
          .filter(line => line !== '' && !line.startsWith('#'));
        expect(lines.length).toBeGreaterThan(2);
        for (const line of lines) {
          const [pattern, ...people] = line.split(/\s+/);
          expect(people).toEqual(['@acme/payments']);
          const expression =
            dialect === 'gitea' ? pattern : expressionOf(pattern);
          const fits = paths.filter(path =>
            new RegExp(`^${expression}$`).test(path),
          );
          expect([dialect, line, fits.length > 0]).toEqual([
            dialect,
            line,
            true,
          ]);
        }
      }
    }
  });
});

/** A pattern as GitHub and GitLab read it. */
function expressionOf(pattern: string): string {
  if (pattern === '*') {
    return '.*';
  }
  const inside = pattern
    .slice(1)
    .replaceAll('.', '[.]')
    .replaceAll('*', '[^/]*');
  return inside.endsWith('/') ? `${inside}.*` : inside;
}
