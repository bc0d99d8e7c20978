import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Skeleton } from '@backstage/ui';
import { useIsSlow } from '../shared/useIsSlow';
import { environmentsTranslationRef } from '../translation';
import styles from './MatrixSkeleton.module.css';

/** The shape of the matrix while it is loaded for the first time: nothing moves when it arrives. */
export function MatrixSkeleton(props: { entity: string }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isSlow = useIsSlow();
  return (
    <div
      role="status"
      aria-busy
      aria-label={t('page.loading', { entity: props.entity })}
    >
      <div className={styles.bar}>
        <Skeleton width={280} height={34} rounded={false} />
        <Skeleton width={220} height={34} rounded={false} />
        <span className={styles.slow}>{isSlow && t('page.slow')}</span>
      </div>
      <div className={styles.frame}>
        <div className={styles.heads}>
          {[0, 1, 2, 3].map(column => (
            <div key={column} className={styles.head}>
              {column > 0 && (
                <>
                  <Skeleton width={90} height={18} />
                  <Skeleton width={140} height={14} />
                  <Skeleton width={110} height={26} />
                  <Skeleton width={180} height={14} />
                  <Skeleton width={200} height={20} />
                </>
              )}
            </div>
          ))}
        </div>
        {Array.from({ length: 8 }, (_, row) => (
          <div key={row} className={styles.row}>
            <Skeleton width={`${45 + ((row * 17) % 30)}%`} height={14} />
            {[1, 2, 3].map(column => (
              <Skeleton
                key={column}
                width={`${30 + ((row * 13) % 25)}%`}
                height={14}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
