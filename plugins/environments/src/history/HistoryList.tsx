import { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import { EnvironmentColumn, Matrix } from '@envmatrix/engine';
import { DateTime } from 'luxon';
import { Chip } from '../shared/Chip';
import { failureOf } from '../shared/errors';
import { useNow } from '../shared/useNow';
import { environmentsTranslationRef } from '../translation';
import styles from './HistoryPanel.module.css';
import { dayTitle, historyDays, toneOf } from './historyView';
import { useHistory } from './useHistory';

/** The changes, by day, with a way to older ones. */
export function HistoryList(props: {
  entityRef: string;
  name: string;
  matrix: Matrix;
  environment: EnvironmentColumn | undefined;
}) {
  const { entityRef, name, matrix, environment } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const now = DateTime.fromMillis(useNow());
  const history = useHistory({
    entityRef,
    environment: environment?.name,
    revision: revisionOf(matrix),
  });
  const { entries } = history;
  const titles = new Map(
    matrix.environments.map(column => [column.name, column.title]),
  );
  return (
    <>
      {history.error !== undefined && (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('history.error')}
          description={failureOf(history.error).message}
          customActions={
            <Button size="small" variant="secondary" onPress={history.retry}>
              {t('status.retry')}
            </Button>
          }
        />
      )}
      {!entries && history.error === undefined && (
        <p className={styles.quiet} role="status">
          {t('history.loading')}
        </p>
      )}
      {entries?.length === 0 && (
        <p className={styles.quiet} role="status">
          {environment
            ? t('history.emptyIn', { environment: environment.title })
            : t('history.empty')}
        </p>
      )}
      {historyDays(entries ?? []).map(day => (
        <section key={day.date} className={styles.day}>
          <h3 className={styles.date}>{dayTitle(day.date, now)}</h3>
          <ol
            className={styles.list}
            aria-label={t('history.label', {
              entity: `${name}, ${dayTitle(day.date, now)}`,
            })}
          >
            {day.entries.map(entry => (
              <Entry
                key={entry.id}
                entry={entry}
                title={
                  environment
                    ? undefined
                    : titles.get(entry.environment) ?? entry.environment
                }
              />
            ))}
          </ol>
        </section>
      ))}
      {history.hasOlder && (
        <Button
          size="small"
          variant="secondary"
          isDisabled={history.isLoadingOlder}
          onPress={history.loadOlder}
        >
          {history.isLoadingOlder
            ? t('history.loadingOlder')
            : t('history.older')}
        </Button>
      )}
      {entries && entries.length > 0 && !history.hasOlder && (
        <p className={styles.quiet}>{t('history.end')}</p>
      )}
    </>
  );
}

/** What the history notes changes of. */
function revisionOf({ environments }: Matrix): string {
  return JSON.stringify(
    environments.map(({ summary: { version, health, sync, commit } }) => [
      version,
      health,
      sync,
      commit,
    ]),
  );
}

function Entry(props: { entry: HistoryEntry; title: string | undefined }) {
  const { entry, title } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const at = DateTime.fromISO(entry.at);
  return (
    <li className={styles.entry}>
      <time
        className={styles.time}
        dateTime={entry.at}
        title={at.toLocaleString(DateTime.DATETIME_MED_WITH_SECONDS)}
      >
        {at.toLocaleString(DateTime.TIME_24_SIMPLE)}
      </time>
      <div className={styles.what}>
        <div className={styles.change}>
          {title && <span className={styles.environment}>{title}</span>}
          <span className={styles.kind}>
            {entry.what === 'version' ||
            entry.what === 'health' ||
            entry.what === 'sync'
              ? t(`history.what.${entry.what}`)
              : t('history.what.other', { what: entry.what })}
          </span>
          <Change entry={entry} />
        </div>
        <How entry={entry} />
      </div>
    </li>
  );
}

function Change(props: { entry: HistoryEntry }) {
  const { entry } = props;
  const { from, to, what } = entry;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const came = to ?? t('history.nothing');
  return (
    <span className={styles.values}>
      {from !== undefined && (
        <>
          <code className={styles.from}>{from}</code>
          <span aria-hidden>→</span>
        </>
      )}
      {what === 'version' ? (
        <code className={styles.to}>{came}</code>
      ) : (
        <Chip tone={toneOf(entry)}>{came}</Chip>
      )}
      {from === undefined && (
        <span className={styles.note}>{t('history.first')}</span>
      )}
    </span>
  );
}

/** Who brought it, from which commit, by which pull request. */
function How(props: { entry: HistoryEntry }) {
  const { by, commit, link, pullRequest } = props.entry;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const short = (commit ?? link?.split('/').at(-1))?.slice(0, 7);
  const parts: { key: string; text: ReactNode }[] = [];
  if (by) {
    parts.push({ key: 'by', text: t('history.by', { by }) });
  }
  if (short) {
    const text = <code>{short}</code>;
    parts.push({
      key: 'commit',
      text: link ? (
        <a href={link} target="_blank" rel="noreferrer">
          {text}
        </a>
      ) : (
        text
      ),
    });
  }
  if (pullRequest) {
    parts.push({
      key: 'pull-request',
      text: (
        <a href={pullRequest.link} target="_blank" rel="noreferrer">
          {t('history.pullRequest', { number: String(pullRequest.number) })}
        </a>
      ),
    });
  }
  return parts.length === 0 ? null : (
    <div className={styles.note}>
      {parts.map(({ key, text }, index) => (
        <span key={key}>
          {index > 0 && ' · '}
          {text}
        </span>
      ))}
    </div>
  );
}
