import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Card, CardBody, CardHeader, Skeleton } from '@backstage/ui';
import { EnvironmentColumn } from '@envmatrix/engine';
import { Link } from 'react-router-dom';
import { FleetCell } from '../fleet/FleetCell';
import { MatrixBanners, MatrixError } from '../matrix/MatrixNotice';
import { useMatrix } from '../matrix/useMatrix';
import { Ago } from '../shared/Age';
import { Chip } from '../shared/Chip';
import { scopeClass } from '../shared/tones';
import { useEntityAddress } from '../shared/useEntityAddress';
import { environmentsTranslationRef } from '../translation';
import styles from './EnvironmentsCard.module.css';

/**
 * What runs in each environment of an entity, in a few lines.
 *
 * @public
 */
export function EnvironmentsCard() {
  const { entity } = useEntity();
  const { t } = useTranslationRef(environmentsTranslationRef);
  const entityRef = stringifyEntityRef(entity);
  const address = useEntityAddress()(entityRef);
  return (
    <Card className={scopeClass}>
      <CardHeader>
        <div className={styles.top}>
          <h2 className={styles.title}>{t('card.title')}</h2>
          <Link to={address} className={styles.open}>
            {t('card.open')} →
          </Link>
        </div>
      </CardHeader>
      <CardBody>
        <Environments
          key={entityRef}
          entityRef={entityRef}
          name={entity.metadata.title ?? entity.metadata.name}
          address={address}
        />
      </CardBody>
    </Card>
  );
}

function Environments(props: {
  entityRef: string;
  name: string;
  address: string;
}) {
  const { entityRef, name, address } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const state = useMatrix(entityRef);
  const { matrix, error, look } = state;
  if (!matrix) {
    return error === undefined ? (
      <div
        role="status"
        aria-busy
        aria-label={t('card.loading', { entity: name })}
        className={styles.skeleton}
      >
        {[0, 1, 2].map(line => (
          <Skeleton key={line} width={`${85 - line * 9}%`} height={18} />
        ))}
      </div>
    ) : (
      <MatrixError error={error} onRetry={look} />
    );
  }
  return (
    <>
      <MatrixBanners
        state={{ error, confirmedAt: state.confirmedAt }}
        onRetry={look}
      />
      {matrix.environments.length === 0 ? (
        <p className={styles.none}>
          {matrix.problem ?? t('card.none')}{' '}
          <Link to={address}>{t('card.how')}</Link>
        </p>
      ) : (
        <ul aria-label={t('card.list')} className={styles.list}>
          {matrix.environments.map(column => (
            <Line key={column.name} column={column} address={address} />
          ))}
        </ul>
      )}
    </>
  );
}

function Line(props: { column: EnvironmentColumn; address: string }) {
  const { column, address } = props;
  const { title, kind, summary } = column;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <li className={styles.line}>
      <span className={styles.name} title={title}>
        <span className={styles.text}>{title}</span>
        {kind === 'production' && (
          <Chip tone="info">{t('head.production')}</Chip>
        )}
      </span>
      <FleetCell summary={summary} to={address} />
      <span className={styles.since}>
        {summary.since && <Ago since={summary.since} />}
      </span>
    </li>
  );
}
