import type { TranslationFunction } from '@backstage/frontend-plugin-api';
import { environmentsTranslationRef } from '../translation';
import { CERTIFICATES, EnvironmentAnswer, SECRET_SOURCES } from './answers';
import { DETAIL_DEFAULTS, positionOf } from './environmentDefaults';
import type { SettingInput } from './SettingsTable';

export type Translate = TranslationFunction<
  typeof environmentsTranslationRef.T
>;

type Input = SettingInput<EnvironmentAnswer>;

export type SetEnvironment = (
  index: number,
  change: Partial<EnvironmentAnswer>,
) => void;

function defaultsOf(environment: EnvironmentAnswer, index: number) {
  return DETAIL_DEFAULTS[positionOf(environment, index)];
}

function numberOf(value: string): number | undefined {
  return value === '' ? undefined : Number(value);
}

export function replicasInputs(t: Translate, set: SetEnvironment): Input[] {
  return [
    {
      setting: 'replicas',
      label: t('table.replicas'),
      kind: 'number',
      value: ({ replicas: given }) =>
        String((typeof given === 'object' ? given.min : given) ?? ''),
      onChange: ({ replicas: given }, index, value) => {
        const min = numberOf(value);
        set(index, {
          replicas:
            typeof given === 'object' ? { min: min ?? 0, max: given.max } : min,
        });
      },
    },
    {
      setting: 'replicas.max',
      label: t('table.replicasMost'),
      kind: 'number',
      placeholder: () => t('table.fixed'),
      value: ({ replicas: given }) =>
        typeof given === 'object' ? String(given.max) : '',
      onChange: ({ replicas: given }, index, value) => {
        const min = (typeof given === 'object' ? given.min : given) ?? 0;
        const max = numberOf(value);
        set(index, { replicas: max === undefined ? min : { min, max } });
      },
    },
  ];
}

export function textInput(
  t: Translate,
  set: SetEnvironment,
  setting: 'host' | 'slack' | 'title' | 'purpose' | 'dataClass',
): Input {
  return {
    setting,
    label: t(setting === 'title' ? 'table.shownAs' : `table.${setting}`),
    kind: 'text',
    value: environment => environment[setting] ?? '',
    placeholder: (environment, index) => {
      switch (setting) {
        case 'host':
          return environment.kind === 'production'
            ? 'checkout.example.com'
            : `checkout.${environment.name}.example.com`;
        case 'slack':
          return t('table.noChannel');
        case 'title':
          return environment.name;
        case 'purpose':
        case 'dataClass':
          return defaultsOf(environment, index)[setting];
        default:
          throw new Error(`Unknown setting ${setting satisfies never}`);
      }
    },
    onChange: (_, index, value) =>
      set(index, {
        [setting]:
          (setting === 'host' || setting === 'slack'
            ? value.trim()
            : value.trimStart()) || undefined,
      }),
  };
}

export function checkInput(
  t: Translate,
  set: SetEnvironment,
  setting: 'waf' | 'paging',
): Input {
  return {
    setting,
    label: t(`table.${setting}`),
    kind: 'check',
    value: (environment, index) =>
      String(environment[setting] ?? defaultsOf(environment, index)[setting]),
    onChange: (_, index, value) => set(index, { [setting]: value === 'true' }),
  };
}

export function certificateInput(t: Translate, set: SetEnvironment): Input {
  return {
    setting: 'certificate',
    label: t('table.certificate'),
    kind: 'select',
    options: CERTIFICATES.map(value => ({
      value,
      text: t(`table.certificates.${value}`),
    })),
    value: (environment, index) =>
      environment.certificate ?? defaultsOf(environment, index).certificate,
    onChange: (_, index, value) =>
      set(index, { certificate: CERTIFICATES.find(one => one === value) }),
  };
}

export function secretsInput(t: Translate, set: SetEnvironment): Input {
  return {
    setting: 'secrets',
    label: t('table.secrets'),
    kind: 'select',
    options: SECRET_SOURCES.map(value => ({
      value,
      text: t(`table.secretSources.${value}`),
    })),
    value: ({ secrets: source }) => source ?? 'vault',
    onChange: (_, index, value) =>
      set(index, { secrets: SECRET_SOURCES.find(one => one === value) }),
  };
}

export function quotaRows(t: Translate, set: SetEnvironment) {
  const input = (
    name: keyof (typeof DETAIL_DEFAULTS)['first']['quota'],
  ): Input => ({
    setting: `quota.${name}`,
    label: t('table.quotaOf', { name }),
    kind: name === 'pods' ? 'number' : 'text',
    value: ({ quota }) => quota?.[name] ?? '',
    placeholder: (environment, index) =>
      defaultsOf(environment, index).quota[name],
    onChange: (environment, index, value) => {
      const defaults = defaultsOf(environment, index).quota;
      const quota = {
        ...defaults,
        ...environment.quota,
        [name]: value.trim() || defaults[name],
      };
      const isDefault = Object.entries(defaults).every(
        ([key, hard]) => new Map(Object.entries(quota)).get(key) === hard,
      );
      set(index, { quota: isDefault ? undefined : quota });
    },
  });
  return [
    {
      label: t('table.cpu'),
      inputs: [input('requests.cpu'), input('limits.cpu')],
    },
    {
      label: t('table.memory'),
      inputs: [input('requests.memory'), input('limits.memory')],
    },
    { label: t('table.pods'), inputs: [input('pods')] },
  ];
}

export function databaseRows(t: Translate, set: SetEnvironment) {
  const number = (name: 'storage' | 'backupDays'): Input => ({
    setting: `database.${name}`,
    label: t(`table.${name}`),
    kind: 'number',
    value: ({ database }) => String(database?.[name] ?? ''),
    placeholder: (environment, index) =>
      String(defaultsOf(environment, index).database[name]),
    onChange: ({ database }, index, value) =>
      set(index, { database: { ...database, [name]: numberOf(value) } }),
  });
  const instance: Input = {
    setting: 'database.class',
    label: t('table.instance'),
    kind: 'text',
    value: ({ database }) => database?.class ?? '',
    placeholder: (environment, index) =>
      defaultsOf(environment, index).database.class,
    onChange: ({ database }, index, value) =>
      set(index, {
        database: { ...database, class: value.trim() || undefined },
      }),
  };
  const standby: Input = {
    setting: 'database.multiAz',
    label: t('table.multiAz'),
    kind: 'check',
    value: ({ database, ...environment }, index) =>
      String(
        database?.multiAz ?? defaultsOf(environment, index).database.multiAz,
      ),
    onChange: ({ database }, index, value) =>
      set(index, { database: { ...database, multiAz: value === 'true' } }),
  };
  return [instance, number('storage'), standby, number('backupDays')].map(
    input => ({ label: input.label, inputs: [input] }),
  );
}

export function retentionInput(t: Translate, set: SetEnvironment): Input {
  return {
    setting: 'retentionDays',
    label: t('table.retentionDays'),
    kind: 'number',
    value: ({ retentionDays }) => String(retentionDays ?? ''),
    placeholder: (environment, index) =>
      String(defaultsOf(environment, index).retentionDays),
    onChange: (_, index, value) =>
      set(index, { retentionDays: numberOf(value) }),
  };
}
