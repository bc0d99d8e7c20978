import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ObservationStatus, SourceState } from '@envmatrix/engine';
import { Age, Ago } from '../shared/Age';
import { Glyph } from '../shared/Glyph';
import { environmentsTranslationRef } from '../translation';
import { ChipButton } from './ChipButton';
import styles from './DetailList.module.css';
import { MatrixState } from './MatrixPoller';
import statusStyles from './MatrixStatus.module.css';

/** How fresh the page is, and which of its sources are in trouble. */
export function MatrixStatus(props: { state: MatrixState }) {
  const { matrix, confirmedAt, error } = props.state;
  if (!matrix) {
    return null;
  }
  return (
    <>
      <LiveDot confirmedAt={confirmedAt} isLost={error !== undefined} />
      <Sources sources={matrix.sources} />
    </>
  );
}

/** Whether what is shown is kept up to date, and how old it is. */
export function LiveDot(props: { confirmedAt?: number; isLost: boolean }) {
  const { confirmedAt, isLost } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <span className={statusStyles.live}>
      <span
        aria-hidden
        className={isLost ? statusStyles.off : statusStyles.on}
      />
      {isLost ? t('status.notLive') : t('status.live')}
      {confirmedAt !== undefined && (
        <span>
          {' · '}
          {isLost
            ? t('status.lastAnswer', { age: <Since at={confirmedAt} /> })
            : t('status.observed', { age: <Since at={confirmedAt} /> })}
        </span>
      )}
    </span>
  );
}

function Since(props: { at: number }) {
  return <Ago since={new Date(props.at).toISOString()} />;
}

function Sources(props: { sources: readonly SourceState[] }) {
  const { sources } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const bad = sources.filter(source => !isWell(source));
  if (bad.length === 0) {
    return null;
  }
  const status = commonStatus(bad);
  return (
    <ChipButton
      tone="warn"
      label={t('status.sources', {
        bad: String(bad.length),
        count: sources.length,
        status: status ? t(`observation.${status}`) : t('status.troubled'),
      })}
      title={t('status.sourcesTitle')}
    >
      <SourceList
        sources={[...bad, ...sources.filter(source => !bad.includes(source))]}
      />
    </ChipButton>
  );
}

/** Sources, each with how it is. */
export function SourceList(props: { sources: readonly SourceState[] }) {
  return (
    <ul className={styles.list}>
      {props.sources.map(source => (
        <Source key={`${source.kind}/${source.name}`} source={source} />
      ))}
    </ul>
  );
}

function Source(props: { source: SourceState }) {
  const { kind, name, status, reason, since, lastObservedAt } = props.source;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isFine = isWell(props.source);
  return (
    <li className={styles.item}>
      <Glyph tone={isFine ? 'ok' : 'warn'} sign={isFine ? '✓' : '!'} />
      <div className={styles.body}>
        <div className={styles.name}>
          {kind} · {name}
        </div>
        <div className={styles.note}>
          {isFine && status !== 'observed'
            ? t('status.ownToken')
            : t(`observation.${status}`)}
          {!isFine && since && (
            <> {t('panel.notKnownSince', { age: <Age since={since} /> })}</>
          )}
          {!isFine && (
            <>
              {' · '}
              {lastObservedAt
                ? t('status.lastObserved', {
                    age: <Ago since={lastObservedAt} />,
                  })
                : t('status.neverObserved')}
            </>
          )}
        </div>
        {reason && <div className={styles.note}>{reason}</div>}
      </div>
    </li>
  );
}

/** A cluster that only people can read is not in trouble while nobody reads it. */
function isWell({ status, needsUserToken }: SourceState): boolean {
  return (
    status === 'observed' ||
    (status === 'not-configured' && needsUserToken !== undefined)
  );
}

function commonStatus(
  sources: readonly SourceState[],
): ObservationStatus | undefined {
  const [first] = sources;
  return sources.every(({ status }) => status === first.status)
    ? first.status
    : undefined;
}
