import { EnvironmentAnswer, isExposed, WizardAnswers } from './answers';
import {
  certificateInput,
  checkInput,
  databaseRows,
  quotaRows,
  replicasInputs,
  retentionInput,
  secretsInput,
  SetEnvironment,
  textInput,
  Translate,
} from './environmentInputs';
import type { SettingGroup, SettingInput } from './SettingsTable';

type Input = SettingInput<EnvironmentAnswer>;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'];

/** What the table asks of each environment: what everybody looks at, and below it, in groups, what few people change. */
export function environmentRows(
  t: Translate,
  answers: WizardAnswers,
  set: SetEnvironment,
): SettingGroup<EnvironmentAnswer>[] {
  const hasDatabase = answers.database === 'postgres';
  const groups: (SettingGroup<EnvironmentAnswer> & { isShown?: boolean })[] = [
    {
      rows: [
        { label: t('table.replicasRow'), inputs: replicasInputs(t, set) },
        ...(['cpu', 'memory'] as const).map(resource => ({
          label: t(`table.${resource}`),
          inputs: (['requests', 'limits'] as const).map(
            (bound): Input => ({
              setting: `${bound}.${resource}`,
              label: t(`table.${bound}.${resource}`),
              kind: 'text',
              value: environment => environment[bound][resource],
              onChange: (environment, index, value) =>
                set(index, {
                  [bound]: { ...environment[bound], [resource]: value.trim() },
                }),
            }),
          ),
        })),
        {
          label: t('table.logLevel'),
          inputs: [
            {
              setting: 'logLevel',
              label: t('table.logLevel'),
              kind: 'select',
              options: LOG_LEVELS.map(value => ({ value, text: value })),
              value: ({ logLevel }) => logLevel,
              onChange: (_, index, logLevel) => set(index, { logLevel }),
            },
          ],
        },
      ],
    },
    {
      title: t('table.group.exposure'),
      isShown: isExposed(answers),
      rows: [
        { label: t('table.host'), inputs: [textInput(t, set, 'host')] },
        { label: t('table.certificate'), inputs: [certificateInput(t, set)] },
        { label: t('table.waf'), inputs: [checkInput(t, set, 'waf')] },
      ],
    },
    {
      title: t('table.group.database'),
      isShown: hasDatabase,
      isFolded: true,
      rows: databaseRows(t, set),
    },
    { title: t('table.group.quota'), isFolded: true, rows: quotaRows(t, set) },
    {
      title: t('table.group.secrets'),
      isFolded: true,
      rows: [{ label: t('table.secrets'), inputs: [secretsInput(t, set)] }],
    },
    {
      title: t('table.group.watching'),
      isFolded: true,
      rows: [
        {
          label: t('table.retentionDays'),
          inputs: [retentionInput(t, set)],
        },
        { label: t('table.paging'), inputs: [checkInput(t, set, 'paging')] },
        { label: t('table.slack'), inputs: [textInput(t, set, 'slack')] },
      ],
    },
    {
      title: t('table.group.about'),
      isFolded: true,
      rows: (['title', 'purpose', 'dataClass'] as const).map(setting => ({
        label: t(setting === 'title' ? 'table.shownAs' : `table.${setting}`),
        inputs: [textInput(t, set, setting)],
      })),
    },
  ];
  return groups.filter(({ isShown }) => isShown !== false);
}
