import { Answers } from '../answers';
import { intentOfAnswers } from '../testing';
import { cliTokenOf, imagePlatforms, isAttested } from './pipelines';
import { templateValues } from './templateValues';

const five: Answers = {
  service: 'checkout',
  owner: 'group:default/payments',
  image: 'ghcr.io/acme/checkout',
  repos: { host: 'git.example.com', owner: 'acme' },
};

const aws = (types: Record<string, string>): Answers => ({
  ...five,
  cloud: 'aws',
  aws: {
    region: 'us-east-1',
    accounts: { nonprod: '111111111111', prod: '222222222222' },
  },
  nodes: Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, { type, count: 5 }]),
  ),
});

const onGitHub = (
  host: string,
  github: NonNullable<Answers['github']>,
): Answers => ({
  ...five,
  repos: { host, owner: 'acme', dialect: 'github' },
  github,
});

describe('imagePlatforms', () => {
  it.each([
    ['no cloud, so nobody knows', five, undefined],
    ['Graviton, unless something else is said', aws({}), 'linux/arm64'],
    [
      'what a runner builds anyway',
      aws({ nonprod: 'm7i.2xlarge', prod: 'g5.2xlarge' }),
      undefined,
    ],
    [
      'both',
      aws({ nonprod: 'm7i.2xlarge', prod: 'c7gn.2xlarge' }),
      'linux/amd64,linux/arm64',
    ],
  ])('%s', (_, answers, platforms) => {
    expect(imagePlatforms(intentOfAnswers(answers))).toBe(platforms);
  });
});

describe('isAttested', () => {
  it.each([
    ['public', onGitHub('github.com', { plan: 'free', private: false }), true],
    [
      'private, with a plan that has it',
      onGitHub('github.com', { plan: 'enterprise', private: true }),
      true,
    ],
    [
      'private, with one that has not',
      onGitHub('github.com', { plan: 'team', private: true }),
      false,
    ],
    [
      "a server of one's own",
      onGitHub('github.example.com', { plan: 'enterprise', private: true }),
      false,
    ],
    ['another host', five, false],
  ])('%s', (_, answers, attested) => {
    expect(isAttested(intentOfAnswers(answers))).toBe(attested);
  });
});

describe('the git host, as clouds and command lines know it', () => {
  it.each([
    ['github.com', 'token.actions.githubusercontent.com', 'GH_TOKEN'],
    ['acme.ghe.com', 'token.actions.acme.ghe.com', 'GH_TOKEN'],
    [
      'github.example.com',
      'github.example.com/_services/token',
      'GH_ENTERPRISE_TOKEN',
    ],
  ])('%s', (host, issuer, token) => {
    const { infrastructure_repository } = templateValues(
      intentOfAnswers(onGitHub(host, { plan: 'team', private: false })),
    );
    expect(infrastructure_repository).toMatchObject({
      host,
      issuer,
      cli_token: token,
    });
    expect(cliTokenOf(host)).toBe(token);
  });
});
