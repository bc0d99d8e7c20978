import { ConfiguredSources } from './ConfiguredSources';

describe('ConfiguredSources', () => {
  it('says that nothing is known until a provider has told its sources', () => {
    const configured = new ConfiguredSources(['kubernetes', 'argocd']);

    expect(configured.observationOf('kubernetes', 'nonprod')).toEqual({
      status: 'unknown',
      reason:
        "The portal has just started, and has not looked at cluster 'nonprod' yet",
    });

    configured.list('kubernetes', ['nonprod']);

    expect(configured.observationOf('kubernetes', 'nonprod')).toEqual({
      status: 'unknown',
      reason: "No answer of cluster 'nonprod' yet",
    });
    expect(configured.observationOf('kubernetes', 'nowhere')).toEqual({
      status: 'not-configured',
      reason:
        "There is no cluster 'nowhere' in the Kubernetes configuration of the portal",
    });
    expect(configured.observationOf('argocd', 'main').status).toBe('unknown');
  });

  it('says why the sources could not be listed, and keeps what was listed before', () => {
    const configured = new ConfiguredSources(['argocd']);

    configured.fail('argocd', 'no such secret');
    expect(configured.observationOf('argocd', 'main')).toEqual({
      status: 'unknown',
      reason:
        "Whether the portal has Argo CD instance 'main' could not be found out: no such secret",
    });
    expect(configured.failureOf('argocd')).toBe('no such secret');
    expect(configured.failureOf('kubernetes')).toBeUndefined();

    configured.list('argocd', ['main']);
    configured.fail('argocd', 'no such secret');
    expect(configured.observationOf('argocd', 'other').status).toBe(
      'not-configured',
    );
  });

  it('says of a kind without a provider that it is not configured', () => {
    expect(new ConfiguredSources([]).observationOf('argocd', 'main')).toEqual({
      status: 'not-configured',
      reason:
        "There is no Argo CD instance 'main' in 'argocd.appLocatorMethods' of the portal",
    });
  });

  it('tells of what changed, once', () => {
    const configured = new ConfiguredSources(['kubernetes']);
    const seen: string[] = [];
    configured.onChange = kind => seen.push(kind);

    configured.list('kubernetes', ['a', 'b']);
    configured.list('kubernetes', ['b', 'a']);
    expect(seen).toEqual(['kubernetes']);

    configured.list('kubernetes', ['a']);
    expect(seen).toEqual(['kubernetes', 'kubernetes']);
  });
});
