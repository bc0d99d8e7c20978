import { Intent } from '@envmatrix/engine';
import { templateValues } from './templateValues';

/**
 * What each environment of an intent will be, in the words of a person; a column of "what you will have".
 *
 * @public
 */
export interface EnvironmentDescription {
  readonly name: string;
  readonly title: string;
  readonly kind: 'production' | 'non-production';
  readonly runsIn: string;
  readonly releaseArrives: string;
  readonly waitsFor: string;
  readonly replicas: string;
  readonly resources: string;
  readonly quota: string;
}

/** @public */
export function environmentSummaries(intent: Intent): EnvironmentDescription[] {
  return templateValues(intent).environments.map((environment, index) => {
    const { workload } = environment;
    const quota = (name: string) =>
      environment.quota.find(entry => entry.name === name)?.value;
    return {
      name: environment.name,
      title: intent.environments[index].title ?? environment.name,
      kind: environment.kind,
      runsIn: `${environment.cluster} · ${environment.namespace}`,
      releaseArrives: environment.arrival,
      waitsFor:
        environment.from === undefined ? '–' : `healthy in ${environment.from}`,
      replicas: workload.replicas_text,
      resources: `${workload.requests.cpu} – ${workload.limits.cpu} CPU, ${workload.requests.memory} – ${workload.limits.memory}`,
      quota: [
        quota('requests.cpu') && `${quota('requests.cpu')} CPU`,
        quota('requests.memory'),
        quota('pods') && `${quota('pods')} pods`,
      ]
        .filter(Boolean)
        .join(' · '),
    };
  });
}
