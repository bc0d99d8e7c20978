import { intentOfService, manifestsOf, NOW } from '../testing';
import { diff } from './diff';

const intent = intentOfService('checkout');

describe('diff', () => {
  it('judges in promotion order, and shows in the order that was asked for', () => {
    const run = (from: string, to: string) =>
      diff({
        intent,
        manifests: manifestsOf('checkout'),
        from,
        to,
        now: NOW,
      }).find(({ pointer }) => pointer === '/spec/replicas');
    expect(run('dev', 'prod')).toMatchObject({
      from: 'dev',
      to: 'prod',
      before: 1,
      after: 3,
      class: 'expected',
    });
    expect(run('prod', 'dev')).toMatchObject({
      from: 'prod',
      to: 'dev',
      before: 3,
      after: 1,
      class: 'expected',
    });
  });

  it('finds nothing between an environment and itself', () => {
    expect(
      diff({
        intent,
        manifests: manifestsOf('checkout'),
        from: 'prod',
        to: 'prod',
        now: NOW,
      }),
    ).toEqual([]);
  });

  it.each([
    ['qa', "'qa' is not an environment of checkout"],
    ['prod', 'There are no manifests of prod'],
  ])('refuses %s', (to, message) => {
    const { dev } = manifestsOf('checkout');
    expect(() =>
      diff({ intent, manifests: { dev }, from: 'dev', to, now: NOW }),
    ).toThrow(message);
  });
});
