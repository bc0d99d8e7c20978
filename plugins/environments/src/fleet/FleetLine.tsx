import { memo } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { FleetRow } from '@envmatrix/backstage-plugin-environments-common';
import { Link } from 'react-router-dom';
import { Ago } from '../shared/Age';
import { Chip } from '../shared/Chip';
import { Tone } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { FleetCell } from './FleetCell';
import styles from './FleetTable.module.css';

/** One service. */
export const FleetLine = memo(function Line(props: {
  row: FleetRow;
  names: readonly string[];
  to: string;
  onOwner: (owner: string) => void;
}) {
  const { row, names, to, onOwner } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const change = lastChange(row);
  return (
    <div role="row" className={`${styles.row} ${styles.line}`}>
      <div role="rowheader" className={`${styles.cell} ${styles.first}`}>
        <Link
          to={to}
          data-service
          className={styles.service}
          title={row.entityRef}
        >
          {row.title}
        </Link>
      </div>
      <div role="cell" className={styles.cell}>
        {row.owners.map(owner => {
          const { name } = parseEntityRef(owner);
          return (
            <button
              key={owner}
              type="button"
              className={styles.owner}
              title={t('fleet.onlyOwner', { owner: name })}
              onClick={() => onOwner(owner)}
            >
              {name}
            </button>
          );
        })}
      </div>
      {row.environments.length === 0 && names.length > 0 ? (
        <div
          role="cell"
          className={`${styles.cell} ${styles.muted}`}
          style={{ gridColumn: `span ${names.length}` }}
          aria-colspan={names.length}
          title={row.problem}
        >
          <span className={styles.text}>
            {row.problem ?? t('fleet.notLooked')}
          </span>
        </div>
      ) : (
        names.map(name => {
          const summary = row.environments.find(
            environment => environment.name === name,
          )?.summary;
          return (
            <div role="cell" key={name} className={styles.environment}>
              {summary && <FleetCell summary={summary} to={to} />}
            </div>
          );
        })
      )}
      <div role="cell" className={styles.cell}>
        <Parity row={row} />
      </div>
      <div role="cell" className={`${styles.cell} ${styles.muted}`}>
        {change && (
          <span className={styles.text}>
            <Ago since={change.since} /> · {change.environment}
          </span>
        )}
      </div>
    </div>
  );
});

function Parity(props: { row: FleetRow }) {
  const { score, violations } = props.row;
  const { t } = useTranslationRef(environmentsTranslationRef);
  if (score === undefined) {
    return <Chip tone="neutral">{t('fleet.parityUnknown')}</Chip>;
  }
  const tone: Tone = score === 100 ? 'ok' : 'warn';
  return (
    <Chip
      tone={violations > 0 ? 'bad' : tone}
      title={t('status.parity', { value: String(score) })}
    >
      {score}
    </Chip>
  );
}

function lastChange(
  row: FleetRow,
): { since: string; environment: string } | undefined {
  return row.environments
    .flatMap(({ name, summary }) =>
      summary.since ? [{ since: summary.since, environment: name }] : [],
    )
    .sort((a, b) => Date.parse(b.since) - Date.parse(a.since))
    .at(0);
}
