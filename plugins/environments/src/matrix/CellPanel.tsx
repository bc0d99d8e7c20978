import { ReactNode, useId, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { Cell, EnvironmentColumn, MatrixGroup, Row } from '@envmatrix/engine';
import { Age, Ago } from '../shared/Age';
import { Chip } from '../shared/Chip';
import { SidePanel } from '../shared/SidePanel';
import { hatchClass, Tone } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { cellAppearance, isUnknown } from './cellAppearance';
import styles from './CellPanel.module.css';
import { RuleText } from './RuleText';

/** A cell with the row and the group that it is in. */
export interface OpenCell {
  readonly group: MatrixGroup;
  readonly row: Row;
  readonly column: EnvironmentColumn;
  readonly cell: Cell;
}

/** Everything about one cell: the values side by side, the rule with its reason and remedy, and where it comes from. */
export function CellPanel(props: {
  open: OpenCell | undefined;
  environments: readonly EnvironmentColumn[];
  onClose: () => void;
}) {
  const { open, environments, onClose } = props;
  const title = useId();
  return (
    <SidePanel
      isOpen={open !== undefined}
      titleId={title}
      top={
        open && (
          <div className={styles.crumbs}>
            {open.group.title} › {open.column.title}
          </div>
        )
      }
      onClose={onClose}
    >
      {open && (
        <PanelBody titleId={title} open={open} environments={environments} />
      )}
    </SidePanel>
  );
}

const TONES: Readonly<Record<Cell['comparison'], Tone>> = {
  same: 'neutral',
  'not-compared': 'neutral',
  expected: 'info',
  lag: 'warn',
  violation: 'bad',
  unclassified: 'odd',
};

const SIGNS: Readonly<Partial<Record<Cell['comparison'], string>>> = {
  expected: '≈',
  lag: '↑',
  violation: '!',
  unclassified: '?',
};

function PanelBody(props: {
  titleId: string;
  open: OpenCell;
  environments: readonly EnvironmentColumn[];
}) {
  const { titleId, open, environments } = props;
  const { row, column, cell } = open;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const rule = cell.rule ?? row.rule;
  const appearance = cellAppearance(cell);
  return (
    <div className={styles.panel}>
      <h2 id={titleId} className={styles.title}>
        {row.title}
      </h2>
      <div className={styles.chips}>
        <Chip tone={TONES[cell.comparison]} glyph={SIGNS[cell.comparison]}>
          {t('panel.in', {
            comparison: t(`panel.comparison.${cell.comparison}`),
            environment: column.title,
          })}
        </Chip>
        {cell.state && (
          <Chip tone={cellAppearance({ ...cell, comparison: 'same' }).tone}>
            {t(`cell.${cell.state}`)}
          </Chip>
        )}
        {appearance.isUnknown && (
          <Chip tone="unknown" glyph="?">
            {t(`observation.${cell.observation.status}`)}
          </Chip>
        )}
        {rule && <Chip tone="neutral">{t('panel.rule', { rule })}</Chip>}
      </div>
      <Values row={row} environments={environments} current={column.name} />
      {cell.detail && <p className={styles.text}>{cell.detail}</p>}
      <Reason cell={cell} />
      {cell.remedy && (
        <p className={styles.text}>
          <strong>{t('panel.putRight')}</strong>: {cell.remedy}
        </p>
      )}
      {rule && <RuleText rule={rule} />}
      {cell.observation.status !== 'observed' && <NotKnown cell={cell} />}
      <Provenance cell={cell} />
      <CopyLink />
    </div>
  );
}

function Values(props: {
  row: Row;
  environments: readonly EnvironmentColumn[];
  current: string;
}) {
  const { row, environments, current } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <dl className={styles.values} aria-label={t('panel.values')}>
      {environments.map(({ name, title }) => {
        const cell = row.cells[name];
        return (
          <div
            key={name}
            className={[
              styles.value,
              name === current ? styles.current : '',
              cell && isUnknown(cell.observation.status) ? hatchClass : '',
            ].join(' ')}
          >
            <dt>{title}</dt>
            <dd>{cell ? <code>{cell.display}</code> : t('cell.noRow')}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function Reason(props: { cell: Cell }) {
  const { comparison, reason } = props.cell;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const texts: Partial<Record<Cell['comparison'], string>> = {
    same: t('panel.sameText'),
    'not-compared': t('panel.notComparedText'),
  };
  const text = reason ?? texts[comparison];
  return text ? <p className={styles.text}>{text}</p> : null;
}

function NotKnown(props: { cell: Cell }) {
  const { observation } = props.cell;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <p className={styles.text}>
      <strong>{t(`observation.${observation.status}`)}</strong>
      {observation.since && (
        <>
          {' '}
          {t('panel.notKnownSince', { age: <Age since={observation.since} /> })}
        </>
      )}
      {observation.reason && <>: {observation.reason}</>}
    </p>
  );
}

function Provenance(props: { cell: Cell }) {
  const { provenance } = props.cell;
  const { t } = useTranslationRef(environmentsTranslationRef);
  if (!provenance) {
    return null;
  }
  const { source, location, link, observedAt } = provenance;
  const rows: [string, ReactNode][] = [
    [
      t('panel.from'),
      link ? (
        <a href={link} target="_blank" rel="noreferrer" className={styles.link}>
          {location ?? source}
        </a>
      ) : (
        location ?? source
      ),
    ],
    [t('panel.source'), source],
    [t('panel.observed'), <Ago since={observedAt} />],
  ];
  return (
    <dl className={styles.provenance}>
      {rows.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The address of the page names the cell, so that it can be sent to somebody. */
function CopyLink() {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [isCopied, setCopied] = useState(false);
  return (
    <div className={styles.actions}>
      <Button
        variant="secondary"
        size="small"
        onPress={async () => {
          await window.navigator.clipboard.writeText(window.location.href);
          setCopied(true);
        }}
      >
        {isCopied ? t('panel.copied') : t('panel.copyLink')}
      </Button>
    </div>
  );
}
