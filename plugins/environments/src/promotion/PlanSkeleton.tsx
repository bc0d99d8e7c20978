import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Skeleton } from '@backstage/ui';
import { environmentsTranslationRef } from '../translation';
import styles from './PromotionDialog.module.css';

/** The shape of a plan while it is worked out. */
export function PlanSkeleton() {
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <div
      className={styles.columns}
      role="status"
      aria-busy
      aria-label={t('promote.loading')}
    >
      <div className={styles.bones}>
        <Skeleton width={80} height={20} />
        <Skeleton width="100%" height={92} rounded={false} />
        <Skeleton width="100%" height={112} rounded={false} />
        <Skeleton width={120} height={20} />
        <Skeleton width="70%" height={16} />
        <Skeleton width="60%" height={16} />
      </div>
      <div className={styles.bones}>
        <Skeleton width={70} height={20} />
        <Skeleton width="100%" height={40} rounded={false} />
        <Skeleton width={70} height={20} />
        <Skeleton width="100%" height={80} rounded={false} />
      </div>
    </div>
  );
}
