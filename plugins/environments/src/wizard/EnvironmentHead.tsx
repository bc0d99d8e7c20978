import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Chip } from '../shared/Chip';
import { environmentsTranslationRef } from '../translation';
import { EnvironmentAnswer } from './answers';
import { canMove } from './environmentDefaults';
import { TableInput } from './TableInput';
import styles from './TableField.module.css';

/** The head of an environment's column: its name, its place in the order, and its end. */
export function EnvironmentHead(props: {
  environments: readonly EnvironmentAnswer[];
  index: number;
  problem: string | undefined;
  canRemove: boolean;
  onRename: (name: string) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}) {
  const { environments, index, problem, onMove } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { name, kind } = environments[index];
  const move = (by: -1 | 1) => (
    <button
      type="button"
      className={styles.tool}
      disabled={!canMove(environments, index, by)}
      aria-label={t(by < 0 ? 'table.earlier' : 'table.later', { name })}
      title={t(by < 0 ? 'table.earlier' : 'table.later', { name })}
      onClick={() => onMove(by)}
    >
      {by < 0 ? '←' : '→'}
    </button>
  );
  return (
    <div className={styles.head}>
      <TableInput
        label={t('table.field', {
          setting: t('table.name'),
          environment: name,
        })}
        value={name}
        problem={problem}
        onChange={value => props.onRename(value.trim())}
      />
      {kind === 'production' ? (
        <Chip tone="info">{t('head.production')}</Chip>
      ) : (
        <span className={styles.tools}>
          {move(-1)}
          {move(1)}
          {props.canRemove && (
            <button
              type="button"
              className={styles.tool}
              aria-label={t('table.remove', { name })}
              title={t('table.remove', { name })}
              onClick={props.onRemove}
            >
              ×
            </button>
          )}
        </span>
      )}
    </div>
  );
}
