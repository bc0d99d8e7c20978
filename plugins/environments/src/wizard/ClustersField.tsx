import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { Button } from '@backstage/ui';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, isRecord, textAnswer, WizardAnswers } from './answers';
import { ClusterHead } from './ClusterHead';
import { clusterProblems } from './clusterProblems';
import { clusterRows } from './clusterRows';
import {
  ClusterAnswer,
  clustersFor,
  clustersOfEnvironment,
  givenClusters,
  isPlain,
  moveToCluster,
  withRegion,
} from './clusters';
import styles from './ClustersField.module.css';
import { DEFAULT_REGION } from './clusterDefaults';
import { Field } from './Field';
import fieldStyles from './Field.module.css';
import { environmentsOf, isolationOf } from './isolation';
import pageStyles from './PageTemplate.module.css';
import { SettingsTable } from './SettingsTable';
import { useSettled } from './useDefault';

export const clustersSchema = makeFieldSchema({
  output: z =>
    z
      .array(
        z.object({
          name: z.string(),
          environments: z.array(z.string()),
          kubernetesVersion: z.string().optional(),
          region: z.string().optional(),
          aws: z
            .object({ accountId: z.string(), region: z.string() })
            .optional(),
          nodes: z
            .object({
              type: z.string(),
              count: z.number().int(),
              max: z.number().int().optional(),
            })
            .optional(),
          vpcCidr: z.string().optional(),
          destination: z.string().optional(),
          authMount: z.string().optional(),
          stateBucket: z.string().optional(),
        }),
      )
      .describe('Every cluster, with the environments that run in it'),
});

/** The clusters of the model that was chosen: where each environment runs, and what every cluster is like. */
export function ClustersField(props: typeof clustersSchema.TProps) {
  const { formData, onChange, formContext, rawErrors } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const answers = answersOf(formContext);
  const context = contextOf(answers);
  const { model, isAws, environments } = context;
  const clusters = clustersFor(model, environments, givenClusters(formData));
  const answerOf = (next: readonly ClusterAnswer[]) =>
    !isAws && isPlain(model, environments, next)
      ? []
      : next.map(cluster => ({
          ...withCloud(cluster, isAws),
          environments: [...cluster.environments],
        }));
  const give = (next: readonly ClusterAnswer[]) => onChange(answerOf(next));
  // Environments and the model are answered beside the clusters, and change under them.
  useSettled(
    JSON.stringify(givenClusters(formData)) ===
      JSON.stringify(answerOf(clusters)),
    () => give(clusters),
  );

  // Nobody is blamed for what is still to be filled in.
  const problems = clusterProblems(clusters, context).filter(
    ({ isMissing }) => !isMissing || Boolean(rawErrors?.length),
  );
  const set = (index: number, change: Partial<ClusterAnswer>) =>
    give(
      clusters.map((cluster, at) =>
        at === index ? { ...cluster, ...change } : cluster,
      ),
    );
  const problemOf = (setting: string, index: number) =>
    problems.find(
      problem => problem.cluster === index && problem.setting === setting,
    )?.message;
  const isAsked =
    isAws || model === 'custom' || !isPlain(model, environments, clusters);
  const holdsProduction = ({ environments: inside }: ClusterAnswer) =>
    environments.some(
      ({ name, kind }) => kind === 'production' && inside.includes(name),
    );
  const regions = clusters.filter(holdsProduction);
  const table = (
    <>
      <SettingsTable
        label={t('clusters.table')}
        columns={clusters}
        heads={clusters.map((cluster, index) => (
          <ClusterHead
            cluster={cluster}
            problem={problemOf('name', index)}
            onRename={name => set(index, { name })}
            onRemove={
              regions.length > 1 &&
              regions.indexOf(cluster) > 0 &&
              cluster.environments.length === 1
                ? () => give(clusters.filter((_, at) => at !== index))
                : undefined
            }
          />
        ))}
        groups={clusterRows({
          t,
          isAws,
          service: textAnswer(answers, 'service') ?? '',
          asksRegion: regions.length > 1,
          hasSecrets: hasSecrets(answers),
          hasBuckets: hasBuckets(answers, isAws),
          holdsProduction,
          set,
        })}
        labelOf={({ label }, { name }) =>
          t('table.field', { setting: label, environment: name })
        }
        problemOf={problemOf}
      />
      <div className={styles.more}>
        <Button
          size="small"
          variant="secondary"
          onPress={() => give(withRegion(clusters, environments))}
        >
          + {t('clusters.addRegion')}
        </Button>
        <span className={styles.hint}>{t('clusters.addRegionHint')}</span>
      </div>
    </>
  );
  return (
    <section className={scopeClass}>
      {isAsked && <h3 className={fieldStyles.title}>{t('clusters.title')}</h3>}
      {model === 'custom' && (
        <div className={styles.places}>
          {environments.map(({ name }) => (
            <Field
              key={name}
              label={t('clusters.of', { environment: name })}
              value={clustersOfEnvironment(clusters, name)[0]?.name ?? ''}
              hint={t('clusters.hint')}
              suggestions={clusters.map(cluster => cluster.name)}
              onChange={value =>
                give(moveToCluster(clusters, name, value.trim()))
              }
            />
          ))}
        </div>
      )}
      {isAsked ? (
        table
      ) : (
        <details className={pageStyles.fold}>
          <summary>
            <span className={pageStyles.foldTitle}>{t('clusters.title')}</span>
            <span className={pageStyles.foldHint}>
              {t('clusters.fold', {
                clusters: clusters.map(({ name }) => name).join(', '),
              })}
            </span>
          </summary>
          <div className={styles.folded}>{table}</div>
        </details>
      )}
    </section>
  );
}

/** What the clusters depend on, of the other answers. */
function contextOf(answers: WizardAnswers) {
  return {
    model: isolationOf(answers),
    isAws: answers.cloud === 'aws',
    environments: environmentsOf(answers),
  };
}

function hasSecrets(answers: WizardAnswers): boolean {
  const { secrets, database } = answers;
  return (
    database === 'postgres' ||
    (isRecord(secrets) &&
      Array.isArray(secrets.keys) &&
      secrets.keys.length > 0)
  );
}

function hasBuckets({ stateBackend }: WizardAnswers, isAws: boolean): boolean {
  const kind = isRecord(stateBackend) ? stateBackend.kind : undefined;
  return kind === undefined ? isAws : kind === 's3';
}

/** On AWS a cluster is in an account and a region; elsewhere it is in neither. */
function withCloud(cluster: ClusterAnswer, isAws: boolean): ClusterAnswer {
  const { aws, ...others } = cluster;
  if (!isAws) {
    return others;
  }
  const region = aws?.region || cluster.region || DEFAULT_REGION;
  return {
    ...others,
    region: cluster.region || region,
    aws: { accountId: aws?.accountId ?? '', region },
  };
}

export const validateClusters: CustomFieldValidator<
  typeof clustersSchema.TOutput
> = (value, field, { formData }) => {
  const given = givenClusters(value);
  const answers: unknown = formData;
  if (given.length === 0 || !isRecord(answers)) {
    return;
  }
  const [problem, ...more] = clusterProblems(given, contextOf(answers));
  if (problem) {
    field.addError(
      `${given[problem.cluster].name}: ${problem.message}${
        more.length > 0 ? `, and ${more.length} more to put right` : ''
      }`,
    );
  }
};
