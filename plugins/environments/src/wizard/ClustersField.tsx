import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, EnvironmentAnswer } from './answers';
import { Field } from './Field';
import fieldStyles from './Field.module.css';
import {
  ClusterAnswer,
  clustersOf,
  describedClusters,
  environmentsOf,
  isolationOf,
} from './isolation';
import { useDefault } from './useDefault';

export const clustersSchema = makeFieldSchema({
  output: z =>
    z
      .array(z.object({ name: z.string(), environments: z.array(z.string()) }))
      .describe('Every cluster, with the environments that run in it'),
});

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Which cluster each environment runs in, where no model says so. */
export function ClustersField(props: typeof clustersSchema.TProps) {
  const { formData, onChange, formContext } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const answers = answersOf(formContext);
  const isCustom = isolationOf(answers) === 'custom';
  const environments = environmentsOf(answers);
  const given = describedClusters(formData);
  const isWhole = environments.every(({ name }) => placeOf(given, name));
  const clusters = isWhole
    ? given.map(cluster => ({
        ...cluster,
        environments: [...cluster.environments],
      }))
    : groupedBy(
        environments,
        name => placeOf(given, name) ?? usual(environments, name),
      );
  useDefault(isCustom && !isWhole ? undefined : [], onChange, clusters);
  if (!isCustom) {
    return null;
  }
  const move = (environment: string, cluster: string) =>
    onChange(
      groupedBy(environments, name =>
        name === environment ? cluster : placeOf(clusters, name) ?? '',
      ),
    );
  return (
    <section className={scopeClass}>
      <h3 className={fieldStyles.title}>{t('clusters.title')}</h3>
      {environments.map(({ name }) => {
        const cluster = placeOf(clusters, name) ?? '';
        return (
          <Field
            key={name}
            label={t('clusters.of', { environment: name })}
            value={cluster}
            hint={t('clusters.hint')}
            problem={NAME.test(cluster) ? undefined : t('clusters.wrong')}
            onChange={value => move(name, value.trim())}
          />
        );
      })}
    </section>
  );
}

function placeOf(
  clusters: readonly ClusterAnswer[],
  environment: string,
): string | undefined {
  return clusters.find(({ environments }) => environments.includes(environment))
    ?.name;
}

function usual(
  environments: readonly EnvironmentAnswer[],
  name: string,
): string {
  return placeOf(clustersOf('shared-nonprod', environments), name) ?? 'nonprod';
}

function groupedBy(
  environments: readonly EnvironmentAnswer[],
  clusterOf: (environment: string) => string,
) {
  const grouped = new Map<string, string[]>();
  for (const { name } of environments) {
    const cluster = clusterOf(name);
    grouped.set(cluster, [...(grouped.get(cluster) ?? []), name]);
  }
  return [...grouped].map(([name, inside]) => ({ name, environments: inside }));
}

export const validateClusters: CustomFieldValidator<
  typeof clustersSchema.TOutput
> = (value, field) => {
  const wrong = (value ?? []).find(({ name }) => !NAME.test(name));
  if (wrong) {
    field.addError(
      `'${wrong.name}' is not the name of a cluster: lower-case letters, digits and hyphens`,
    );
  }
};
