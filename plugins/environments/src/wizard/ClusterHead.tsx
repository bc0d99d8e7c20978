import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { environmentsTranslationRef } from '../translation';
import { ClusterAnswer } from './clusters';
import { TableInput } from './TableInput';
import styles from './TableField.module.css';

/** The head of a cluster's column: its name, and what runs in it. */
export function ClusterHead(props: {
  cluster: ClusterAnswer;
  problem: string | undefined;
  onRename: (name: string) => void;
  /** Only clusters that production has beyond its first can go. */
  onRemove: (() => void) | undefined;
}) {
  const { cluster, problem, onRename, onRemove } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { name, environments } = cluster;
  return (
    <>
      <div className={styles.head}>
        <TableInput
          label={t('clusters.nameOf', {
            environments: environments.join(', '),
          })}
          value={name}
          problem={problem}
          onChange={value => onRename(value.trim())}
        />
        {onRemove && (
          <button
            type="button"
            className={styles.tool}
            aria-label={t('table.remove', { name })}
            title={t('table.remove', { name })}
            onClick={onRemove}
          >
            ×
          </button>
        )}
      </div>
      <div className={styles.inside}>{environments.join(', ')}</div>
    </>
  );
}
