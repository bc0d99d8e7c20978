import { RepositoriesAnswer } from './answers';
import { repositoryNames, repositoryProblems } from './repositoryNames';

it('follows the service where nothing else was said', () => {
  expect(repositoryNames('checkout', { deployConfig: 'deploy' })).toEqual({
    infrastructure: 'checkout-infrastructure',
    deployConfig: 'deploy',
    source: 'checkout',
  });
});

it.each<[RepositoriesAnswer, string[]]>([
  [{ host: 'git.example.com', owner: 'acme' }, []],
  [{}, ['host', 'owner']],
  [{ host: 'git.example.com', owner: 'no slashes/here' }, ['owner']],
  [
    { host: 'h', owner: 'acme', infrastructure: '', source: '-x' },
    ['infrastructure', 'source'],
  ],
  [
    { host: 'h', owner: 'acme', infrastructure: 'one', deployConfig: 'one' },
    ['infrastructure', 'deployConfig'],
  ],
])('%j has problems with %j', (answer, expected) => {
  expect(Object.keys(repositoryProblems(answer))).toEqual(expected);
});
