import { useId } from 'react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { scmIntegrationsApiRef } from '@backstage/integration-react';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, RepositoriesAnswer, textAnswer } from './answers';
import { Field } from './Field';
import fieldStyles from './Field.module.css';
import {
  repositoryNames,
  REPOSITORY_KINDS,
  repositoryProblems,
} from './repositoryNames';
import styles from './RepositoriesField.module.css';
import { useDefault } from './useDefault';

export const repositoriesSchema = makeFieldSchema({
  output: z =>
    z
      .object({
        host: z.string().optional(),
        owner: z.string().optional(),
        infrastructure: z.string().optional(),
        deployConfig: z.string().optional(),
        source: z.string().optional(),
        private: z.boolean().optional(),
      })
      .describe('Where the repositories go'),
});

/** The git host and the owner of the repositories; their names follow from the service until somebody says otherwise. */
export function RepositoriesField(props: typeof repositoriesSchema.TProps) {
  const { formData, onChange, rawErrors, formContext } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const hostId = useId();
  const hosts = hostsOf(useApi(scmIntegrationsApiRef));
  const value: RepositoriesAnswer = formData ?? {};
  const host = value.host ?? hosts[0];
  useDefault(
    value.host,
    chosen => onChange({ ...value, host: chosen }),
    hosts[0],
  );
  const service = textAnswer(answersOf(formContext), 'service') ?? '';
  const names = repositoryNames(service, value);
  const problems = rawErrors?.length ? repositoryProblems(value) : {};
  const set = (change: RepositoriesAnswer) => onChange({ ...value, ...change });
  return (
    <section className={scopeClass}>
      <h3 className={fieldStyles.title}>{t('repositories.title')}</h3>
      {hosts.length === 0 ? (
        <p role="alert" className={styles.problem}>
          {t('repositories.noHost')}
        </p>
      ) : (
        <div className={fieldStyles.columns}>
          <div className={fieldStyles.field}>
            <label htmlFor={hostId} className={fieldStyles.label}>
              {t('repositories.host')}
            </label>
            <select
              id={hostId}
              className={fieldStyles.input}
              value={host}
              onChange={event => set({ host: event.target.value })}
            >
              {hosts.map(candidate => (
                <option key={candidate}>{candidate}</option>
              ))}
            </select>
          </div>
          <Field
            label={t('repositories.owner')}
            value={value.owner ?? ''}
            isRequired
            hint={t('repositories.ownerHint')}
            problem={problems.owner}
            onChange={owner => set({ owner: owner.trim() || undefined })}
          />
        </div>
      )}
      <div className={fieldStyles.columns}>
        {REPOSITORY_KINDS.map(kind => (
          <Field
            key={kind}
            label={t(`repositories.${kind}`)}
            value={names[kind]}
            hint={
              <>
                {t(`repositories.${kind}Hint`)}{' '}
                {host && value.owner && (
                  <code className={styles.address}>
                    {host}/{value.owner}/{names[kind]}
                  </code>
                )}
              </>
            }
            problem={problems[kind]}
            onChange={name => set({ [kind]: name.trim() })}
          />
        ))}
      </div>
      <label className={styles.private}>
        <input
          type="checkbox"
          checked={value.private === true}
          aria-describedby={`${hostId}-private`}
          onChange={event => set({ private: event.target.checked })}
        />
        {t('repositories.private')}
      </label>
      <p id={`${hostId}-private`} className={styles.privateHint}>
        {t('repositories.privateHint')}
      </p>
    </section>
  );
}

/** Hosts that are always there, whether anybody has an account or not. */
const EVERYBODYS = ['github.com', 'gitlab.com'];

/** The git hosts of the portal. The public ones come last, and not at all where there is one of the own. */
function hostsOf({ gitea, github, gitlab }: ScmIntegrationRegistry): string[] {
  const all = [...gitea.list(), ...github.list(), ...gitlab.list()].map(
    ({ config }) => config.host,
  );
  const own = all.filter(host => !EVERYBODYS.includes(host));
  return own.length > 0 ? own : all;
}

export const validateRepositories: CustomFieldValidator<
  typeof repositoriesSchema.TOutput
> = (value, field) => {
  const [first, ...more] = Object.values(repositoryProblems(value ?? {}));
  if (first) {
    field.addError(
      more.length === 0 ? first : `${first}, and ${more.length} more`,
    );
  }
};
