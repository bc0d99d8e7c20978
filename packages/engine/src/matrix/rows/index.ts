import { DEPLOYMENT, groupKind } from '../../model/workloads';
import { EnvironmentState } from '../environmentState';
import { GroupId } from '../types';
import { configurationRows } from './configurationRows';
import { deliveryRows } from './deliveryRows';
import { hostRows } from './hostRows';
import { platformRows } from './platformRows';
import { releaseRows } from './releaseRows';
import { rolloutRows } from './rolloutRows';
import { secretRows } from './secretRows';
import { RowDefinition } from './RowDefinition';

export type { Reading, RowComparison, RowDefinition } from './RowDefinition';

/** Groups in the order in which they are shown. */
export const GROUPS: readonly {
  readonly id: GroupId;
  readonly title: string;
}[] = [
  { id: 'release', title: 'Release' },
  { id: 'delivery', title: 'Delivery' },
  { id: 'rollout', title: 'Rollout' },
  { id: 'configuration', title: 'Configuration' },
  { id: 'platform', title: 'Platform' },
  { id: 'secrets', title: 'Secrets and certificates' },
  { id: 'infrastructure', title: 'Infrastructure' },
  { id: 'service-levels', title: 'Service levels' },
];

/** The rows that these environments have: some depend on what is declared, such as a row per environment variable. */
export function rowsOf(
  service: string,
  states: readonly EnvironmentState[],
): RowDefinition[] {
  const live = states.find(state => state.workload.value)?.workload.value;
  const subject = `${
    live ? groupKind(live.object.apiVersion, live.object.kind) : DEPLOYMENT
  } ${service}`;
  const lenderSubject =
    live && live.lender !== live.object
      ? `${groupKind(live.lender.apiVersion, live.lender.kind)} ${
          live.lender.metadata.name === live.object.metadata.name
            ? service
            : live.lender.metadata.name
        }`
      : subject;
  return [
    ...releaseRows(),
    ...deliveryRows(states),
    ...rolloutRows(subject, states),
    ...configurationRows({
      subject,
      templateSubject: lenderSubject,
      container: live?.container.name ?? service,
      states,
    }),
    ...platformRows(),
    ...hostRows(states),
    ...secretRows(states),
  ];
}
