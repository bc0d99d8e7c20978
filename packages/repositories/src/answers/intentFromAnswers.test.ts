import { intentFromAnswers } from '.';

const answers = {
  service: 'checkout',
  owner: 'group:default/payments',
  image: 'ghcr.io/acme/checkout',
  repos: { host: 'git.example.com', owner: 'acme' },
};

const intentOf = (more: object = {}, dialectOf?: () => 'gitlab') =>
  intentFromAnswers(
    { ...answers, ...more },
    {
      repositoryUrl: ({ host, owner, name }) =>
        `https://${host}/${owner}/${name}`,
      dialectOf,
    },
  );

describe('intentFromAnswers', () => {
  it('takes an empty form for no answer', () => {
    expect(
      intentOf({
        clusters: [],
        aws: { accounts: {} },
        secrets: { keys: [], address: '' },
        slo: {},
        ingress: { gateway: {} },
        alerts: { slackApiUrlRef: '' },
        argocd: {},
        review: {},
      }),
    ).toEqual(intentOf());
  });

  describe('allows a difference', () => {
    const until = (expires?: string) =>
      intentFromAnswers(
        {
          ...answers,
          parityAllow: [
            { rule: 'K8S-10', reason: 'It is meant for good' },
            { rule: 'K8S-13', reason: 'It is meant for a while', expires },
          ],
        },
        {
          repositoryUrl: ({ host, owner, name }) =>
            `https://${host}/${owner}/${name}`,
          now: new Date('2026-11-23T12:00:00Z'),
        },
      ).parity?.allow;

    it.each(['2026-12-24', '2027-05-22', '2027-05-22T18:00:00Z'])(
      'until %s, which is no more than 180 days ahead',
      expires => {
        expect(until(expires)?.[1]).toMatchObject({ rule: 'K8S-13', expires });
      },
    );

    it.each(['2027-05-23', '2027-05-23T00:00:00Z', '2099-01-31'])(
      'never until %s, and says what is the longest',
      expires => {
        expect(() => until(expires)).toThrow(
          expect.objectContaining({
            where: 'parityAllow.1.expires',
            message: expect.stringContaining(
              `${expires} is more than 180 days ahead; choose a day no later than 2027-05-22`,
            ),
          }),
        );
      },
    );

    it('and leaves a day that is none to the intent', () => {
      expect(until('soon')?.[1]).toMatchObject({ expires: 'soon' });
    });
  });

  it('takes what was said of each cluster to where the intent has it', () => {
    const intent = intentOf({
      cloud: 'aws',
      clusters: [
        {
          name: 'nonprod',
          environments: ['dev', 'staging'],
          region: 'eu-west-1',
          vpcCidr: '10.40.0.0/16',
          stateBucket: 'state-nonprod',
          aws: { accountId: '111111111111', region: 'eu-west-1' },
        },
        ...['eu-west-1', 'us-east-1'].map(region => ({
          name: `prod-${region}`,
          environments: ['prod'],
          region,
          aws: { accountId: '222222222222', region },
        })),
      ],
    });
    expect(intent.vpcCidr).toEqual({ nonprod: '10.40.0.0/16' });
    expect(intent.stateBackend).toEqual({
      kind: 's3',
      buckets: { nonprod: 'state-nonprod' },
    });
    expect(intent.environments[2].targets).toEqual([
      {
        cluster: 'prod-eu-west-1',
        namespace: 'checkout-prod',
        region: 'eu-west-1',
      },
      {
        cluster: 'prod-us-east-1',
        namespace: 'checkout-prod',
        region: 'us-east-1',
      },
    ]);
  });

  it('knows that repositories on GitHub are private', () => {
    const repos = { host: 'github.com', owner: 'acme', private: true };
    expect(intentOf({ repos }).scm?.github).toEqual({ private: true });
    expect(intentOf({ repos, github: { private: false } }).scm?.github).toEqual(
      { private: false },
    );
  });

  it('places a release behind the gates that were chosen', () => {
    const production = (prodGate?: string[]) =>
      intentOf({ prodGate }).environments.at(-1)?.delivery;
    expect(production()).toMatchObject({ sync: 'manual', way: 'pull-request' });
    expect(production(['pull-request'])).toMatchObject({
      sync: 'automatic',
      way: 'pull-request',
    });
    expect(production(['github-environment'])).toMatchObject({
      sync: 'automatic',
      way: 'workflow',
    });
    expect(production(['argo-manual-sync'])).toMatchObject({
      sync: 'manual',
      way: 'commit',
    });
  });

  it('knows the kind of git host: said, configured, or by its name', () => {
    const dialect = (more: object, known?: () => 'gitlab') =>
      intentOf(more, known).scm?.dialect;
    const repos = { host: 'github.com', owner: 'acme' };
    expect(dialect({})).toBe('gitea');
    expect(dialect({ repos })).toBe('github');
    expect(dialect({}, () => 'gitlab')).toBe('gitlab');
    expect(dialect({ repos: { ...repos, dialect: 'gitea' } })).toBe('gitea');
  });

  it('brings the address of a database as a secret', () => {
    const intent = intentOf({
      database: 'postgres',
      secrets: { keys: [], address: 'https://vault.example.com' },
    });
    expect(intent.service?.secrets).toEqual(['DATABASE_URL']);
    expect(intent.secretStore).toMatchObject({
      address: 'https://vault.example.com',
      kvMount: 'secret',
    });
  });
});
