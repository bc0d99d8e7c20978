import { EnvironmentAnswer } from './answers';
import { DETAIL_DEFAULTS, isStaging, positionOf } from './environmentDefaults';
import { quantityOf } from './quantity';
import { Setting, TableProblem } from './TableProblem';

/** The least that production's metrics and backups are kept. */
const PRODUCTION_RETENTION_DAYS = 30;
const PRODUCTION_BACKUP_DAYS = 7;
const LEAST_STORAGE_GIB = 20;

/** What is wrong with what few people change: quota, database, certificate, secrets, and how long metrics are kept. */
export function detailProblems(
  environments: readonly EnvironmentAnswer[],
  index: number,
): TableProblem[] {
  const environment = environments[index];
  const isProduction = environment.kind === 'production';
  const problems: TableProblem[] = [
    ...quotaProblems(environments, index),
    ...mirrorProblems(environments, index),
  ];
  const add = (setting: Setting, message: string) =>
    problems.push({ environment: index, setting, message });
  const { certificate, database, secrets } = environment;

  if (isProduction && certificate !== undefined && certificate !== 'acme') {
    add('certificate', 'Browsers trust a public CA alone');
  }
  if (isProduction && database?.multiAz === false) {
    add('database.multiAz', 'Production needs a standby in another zone');
  }
  if (database?.storage !== undefined && database.storage < LEAST_STORAGE_GIB) {
    add('database.storage', `At least ${LEAST_STORAGE_GIB} GiB`);
  }
  const backups = database?.backupDays;
  if (backups !== undefined && (backups < 0 || backups > 35)) {
    add('database.backupDays', '0 to 35 days');
  } else if (
    isProduction &&
    backups !== undefined &&
    backups < PRODUCTION_BACKUP_DAYS
  ) {
    add(
      'database.backupDays',
      `At least ${PRODUCTION_BACKUP_DAYS} days for production`,
    );
  }
  if (isProduction && secrets === 'fake') {
    add('secrets', 'Made-up values are for the environments before production');
  }
  const days = retentionOf(environments, index);
  const before = index > 0 ? retentionOf(environments, index - 1) : 0;
  if (isProduction && days < PRODUCTION_RETENTION_DAYS) {
    add(
      'retentionDays',
      `At least ${PRODUCTION_RETENTION_DAYS} days, to compare releases`,
    );
  } else if (days < before || days < 1) {
    add(
      'retentionDays',
      index > 0
        ? `At least the ${before} days of ${environments[index - 1].name}`
        : 'At least one day',
    );
  }
  return problems;
}

/** What is tried out before production has the same quota, and both have a firewall. */
function mirrorProblems(
  environments: readonly EnvironmentAnswer[],
  index: number,
): TableProblem[] {
  const environment = environments[index];
  const problems: TableProblem[] = [];
  if (isStaging(environments, index)) {
    const own = quotaOf(environments, index);
    const production = quotaOf(environments, index + 1);
    for (const [name, hard] of production) {
      if (own.get(name) !== hard) {
        const { name: other } = environments[index + 1];
        problems.push({
          environment: index,
          setting: `quota.${name}`,
          message: `${hard}, as in ${other}: what fits here has to fit there`,
        });
      }
    }
  }
  if (
    environment.waf === false &&
    (environment.kind === 'production' || isStaging(environments, index))
  ) {
    problems.push({
      environment: index,
      setting: 'waf',
      message: 'Production has one, and what comes before it tries it out',
    });
  }
  return problems;
}

function quotaOf(
  environments: readonly EnvironmentAnswer[],
  index: number,
): Map<string, string> {
  const environment = environments[index];
  return new Map(
    Object.entries(
      environment.quota ??
        DETAIL_DEFAULTS[positionOf(environment, index)].quota,
    ),
  );
}

function retentionOf(
  environments: readonly EnvironmentAnswer[],
  index: number,
): number {
  return (
    environments[index].retentionDays ??
    DETAIL_DEFAULTS[positionOf(environments[index], index)].retentionDays
  );
}

/** The quota carries every replica, and one more while a release is rolled out. */
function quotaProblems(
  environments: readonly EnvironmentAnswer[],
  index: number,
): TableProblem[] {
  const environment = environments[index];
  const { replicas, requests, limits } = environment;
  const most = typeof replicas === 'object' ? replicas.max : replicas;
  const each: Readonly<Record<string, string>> = {
    'requests.cpu': requests.cpu,
    'requests.memory': requests.memory,
    'limits.cpu': limits.cpu,
    'limits.memory': limits.memory,
    pods: '1',
  };
  return [...quotaOf(environments, index)].flatMap(
    ([name, hard]): TableProblem[] => {
      const amount = quantityOf(hard);
      const setting: Setting = `quota.${name}`;
      if (amount === undefined) {
        const message = 'A quantity such as 16 or 32Gi';
        return [{ environment: index, setting, message }];
      }
      const one = quantityOf(each[name] ?? '');
      return one !== undefined &&
        most !== undefined &&
        one * (most + 1) > amount
        ? [
            {
              environment: index,
              setting,
              message: `Too little for ${most} replicas and one more while a release is rolled out`,
            },
          ]
        : [];
    },
  );
}
