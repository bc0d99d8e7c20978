import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Skeleton } from '@backstage/ui';
import { useIsSlow } from '../shared/useIsSlow';
import { environmentsTranslationRef } from '../translation';
import styles from './FleetSkeleton.module.css';

/** The shape of the table while it is loaded for the first time. */
export function FleetSkeleton() {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isSlow = useIsSlow();
  return (
    <div role="status" aria-busy aria-label={t('fleet.loading')}>
      <div className={styles.frame}>
        {Array.from({ length: 10 }, (_, row) => (
          <div key={row} className={styles.row}>
            {[0, 1, 2, 3, 4].map(column => (
              <Skeleton
                key={column}
                width={`${45 + ((row * 17 + column * 11) % 40)}%`}
                height={14}
              />
            ))}
          </div>
        ))}
      </div>
      {isSlow && <p className={styles.slow}>{t('page.slow')}</p>}
    </div>
  );
}
