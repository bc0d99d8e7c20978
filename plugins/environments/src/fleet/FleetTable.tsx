import { useEffect, useMemo, useRef } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { FleetRow } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsTranslationRef } from '../translation';
import { environmentNames } from './environmentNames';
import { FleetLine } from './FleetLine';
import styles from './FleetTable.module.css';

/** Least widths, in pixels, and what of the rest each gets. */
const COLUMNS = {
  service: { least: 160, share: 1.6 },
  owner: { least: 90, share: 0.8 },
  environment: { least: 128, share: 1.3 },
  parity: { least: 90, share: 0.6 },
  lastChange: { least: 150, share: 0.9 },
};

/** Rows lay themselves out alike, each on its own: one that is out of sight takes no part in a grid of all. */
function columnsOf(environments: number): Record<string, string> {
  const { service, owner, environment, parity, lastChange } = COLUMNS;
  const columns = [
    service,
    owner,
    ...Array<typeof environment>(environments).fill(environment),
    parity,
    lastChange,
  ];
  return {
    '--env-columns': columns
      .map(({ least, share }) => `minmax(${least}px, ${share}fr)`)
      .join(' '),
    minWidth: `${columns.reduce((sum, { least }) => sum + least, 0)}px`,
  };
}

/** One row per service, one column per environment; rows out of sight are not laid out. */
export function FleetTable(props: {
  rows: readonly FleetRow[];
  isGrouped: boolean;
  /** Address of a service's matrix. */
  addressOf: (entityRef: string) => string;
  onOwner: (owner: string) => void;
}) {
  const { rows, isGrouped, addressOf, onOwner } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const names = useMemo(() => environmentNames(rows), [rows]);
  const groups = useMemo(() => groupsOf(rows, isGrouped), [rows, isGrouped]);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    element?.addEventListener('keydown', moveBetweenRows);
    return () => element?.removeEventListener('keydown', moveBetweenRows);
  }, []);
  return (
    <div className={styles.frame} ref={frame}>
      <div
        role="table"
        aria-label={t('fleet.label')}
        className={styles.table}
        style={columnsOf(names.length)}
      >
        <div role="rowgroup" className={styles.group}>
          <div role="row" className={`${styles.row} ${styles.heads}`}>
            <Head first>{t('fleet.service')}</Head>
            <Head>{t('fleet.owner')}</Head>
            {names.map(name => (
              <Head key={name}>{name}</Head>
            ))}
            <Head>{t('fleet.parity')}</Head>
            <Head>{t('fleet.lastChange')}</Head>
          </div>
        </div>
        {groups.map(({ system, items }) => (
          <div key={system ?? ''} role="rowgroup" className={styles.group}>
            {isGrouped && (
              <div role="row" className={`${styles.row} ${styles.system}`}>
                <div role="rowheader" className={styles.systemName}>
                  <b>
                    {system ? parseEntityRef(system).name : t('fleet.noSystem')}
                  </b>{' '}
                  {t('fleet.services', { count: items.length })}
                </div>
              </div>
            )}
            {items.map(row => (
              <FleetLine
                key={row.entityRef}
                row={row}
                names={names}
                to={addressOf(row.entityRef)}
                onOwner={onOwner}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function Head(props: { first?: boolean; children: string }) {
  const { first = false, children } = props;
  return (
    <div
      role="columnheader"
      className={`${styles.head} ${first ? styles.first : ''}`}
      title={children}
    >
      {children}
    </div>
  );
}

function groupsOf(rows: readonly FleetRow[], isGrouped: boolean) {
  const groups = new Map<string | undefined, FleetRow[]>();
  for (const row of rows) {
    const system = isGrouped ? row.system : undefined;
    const items = groups.get(system);
    if (items) {
      items.push(row);
    } else {
      groups.set(system, [row]);
    }
  }
  return [...groups].map(([system, items]) => ({ system, items }));
}

/** Up and down go from service to service; Tab goes through everything. */
function moveBetweenRows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (
    step === undefined ||
    !(event.target instanceof HTMLElement) ||
    !(event.currentTarget instanceof HTMLElement)
  ) {
    return;
  }
  const links = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('[data-service]'),
  ];
  const next = links[links.indexOf(event.target) + step];
  if (links.includes(event.target) && next) {
    event.preventDefault();
    next.focus();
  }
}
