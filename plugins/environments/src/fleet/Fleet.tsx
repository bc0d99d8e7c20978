import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { useEntityAddress } from '../shared/useEntityAddress';
import { MatrixBanners, MatrixError } from '../matrix/MatrixNotice';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import styles from './Fleet.module.css';
import { FleetSkeleton } from './FleetSkeleton';
import { FleetTable } from './FleetTable';
import { FleetToolbar } from './FleetToolbar';
import { queryOf, useFleetView } from './fleetView';
import { useFleet } from './useFleet';
import { useMineCount } from './useMineCount';
import { useOwnership } from './useOwnership';

/** Every service with its environments, in one table that keeps itself up to date. */
export function Fleet() {
  const { view, change } = useFleetView();
  const { t } = useTranslationRef(environmentsTranslationRef);
  const addressOf = useEntityAddress();
  const refs = useOwnership();
  const query =
    refs || view.shown !== 'mine' ? queryOf(view, refs ?? []) : undefined;
  const { look, more, ...state } = useFleet(query);
  const mine = useMineCount({
    refs,
    search: view.search,
    confirmedAt: state.confirmedAt,
  });
  const onOwner = useCallback((owner: string) => change({ owner }), [change]);
  const { fleet, error, confirmedAt, isLoadingMore } = state;
  const rows = useMemo(() => fleet?.items ?? [], [fleet]);
  return (
    <div className={scopeClass}>
      <FleetToolbar
        view={view}
        onChange={change}
        query={query}
        state={state}
        mine={mine}
      />
      {fleet && <MatrixBanners state={{ error, confirmedAt }} onRetry={look} />}
      {!fleet && error !== undefined && (
        <MatrixError error={error} onRetry={look} />
      )}
      {!fleet && error === undefined && <FleetSkeleton />}
      {fleet && rows.length > 0 && (
        <>
          <FleetTable
            rows={rows}
            isGrouped={view.order === 'system'}
            addressOf={addressOf}
            onOwner={onOwner}
          />
          <div className={styles.foot} role="status">
            {t('fleet.shown', {
              shown: String(rows.length),
              total: String(fleet.total),
            })}
            {fleet.nextCursor && (
              <More key={rows.length} isBusy={isLoadingMore} onMore={more} />
            )}
          </div>
        </>
      )}
      {fleet && rows.length === 0 && (
        <Nothing
          hasServices={fleet.counts.all > 0 || view.search !== ''}
          onAll={() => change({ shown: 'all', search: '', owner: undefined })}
        />
      )}
    </div>
  );
}

/** Asks for more as soon as it comes into sight; also a button, for who does not scroll. */
function More(props: { isBusy: boolean; onMore: () => void }) {
  const { isBusy, onMore } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!place.current || !('IntersectionObserver' in window)) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) {
          onMore();
        }
      },
      { rootMargin: '600px' },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [onMore]);
  return (
    <span ref={place}>
      <Button
        size="small"
        variant="secondary"
        isDisabled={isBusy}
        onPress={onMore}
      >
        {t('fleet.more')}
      </Button>
    </span>
  );
}

function Nothing(props: { hasServices: boolean; onAll: () => void }) {
  const { hasServices, onAll } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return hasServices ? (
    <div className={styles.nothing} role="status">
      {t('fleet.noneFound')}
      <Button size="small" variant="secondary" onPress={onAll}>
        {t('fleet.showAll')}
      </Button>
    </div>
  ) : (
    <Alert
      role="status"
      status="info"
      icon
      title={t('fleet.emptyTitle')}
      description={t('fleet.emptyText')}
    />
  );
}
