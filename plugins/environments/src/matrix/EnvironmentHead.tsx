import { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EnvironmentColumn } from '@envmatrix/engine';
import { Button } from '@backstage/ui';
import { Ago } from '../shared/Age';
import { Chip } from '../shared/Chip';
import { hatchClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { isUnknown } from './cellAppearance';
import { EnvironmentChips } from './EnvironmentChips';
import styles from './EnvironmentHead.module.css';

/** The head of a column answers the first question: what runs here, since when and by whom, is it well, how far behind. */
export function EnvironmentHead(props: {
  column: EnvironmentColumn;
  /** Title of the environment that this one is promoted to. */
  nextTitle?: string;
  onPromote: () => void;
  /** The promotion into this environment that is under way. */
  progress?: ReactNode;
}) {
  const { column, nextTitle, onPromote, progress } = props;
  const { summary, promotion } = column;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <div className={styles.head}>
      <div className={styles.top}>
        <Name column={column} />
        {promotion && (
          <Button
            size="small"
            variant="secondary"
            className={`${styles.promote} ${
              promotion.possible ? styles.possible : ''
            }`}
            isDisabled={!promotion.possible}
            onPress={onPromote}
          >
            {t(promotion.way === 'sync' ? 'head.sync' : 'head.promote', {
              environment: nextTitle ?? promotion.to,
            })}{' '}
            →
          </Button>
        )}
      </div>
      <div className={styles.middle}>
        <div
          className={styles.where}
          title={column.targets
            ?.map(({ cluster, namespace }) => `${cluster} · ${namespace}`)
            .join(', ')}
        >
          {[column.cluster, column.namespace].filter(Boolean).join(' · ')}
        </div>
        {promotion && !promotion.possible && (
          <ul className={styles.blocked}>
            {promotion.blockedBy.map(reason => (
              <li key={reason} title={reason}>
                {reason}
              </li>
            ))}
          </ul>
        )}
        <Version column={column} />
      </div>
      <Origin summary={summary} />
      <EnvironmentChips summary={summary} />
      <Trouble summary={summary} />
      {progress}
    </div>
  );
}

function Name(props: { column: EnvironmentColumn }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { title, kind } = props.column;
  return (
    <div className={styles.name}>
      <span className={styles.title}>{title}</span>
      {kind === 'production' && <Chip tone="info">{t('head.production')}</Chip>}
    </div>
  );
}

function Version(props: { column: EnvironmentColumn }) {
  const { version, observations } = props.column.summary;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isLost = isUnknown(observations.version.status);
  const nothing = isLost ? t('head.notKnown') : t('head.nothing');
  return (
    <div
      className={[
        styles.version,
        isLost || version === undefined ? styles.muted : '',
        isLost ? hatchClass : '',
      ].join(' ')}
      title={isLost ? observations.version.reason : version}
    >
      {version ?? nothing}
    </div>
  );
}

/** Which commit it is, who brought it, since when. */
function Origin(props: { summary: EnvironmentColumn['summary'] }) {
  const { commit, by, since, observations } = props.summary;
  const parts = [
    ...(commit ? [<code key="commit">{commit.slice(0, 7)}</code>] : []),
    ...(by ? [<span key="by">{by}</span>] : []),
    ...(since ? [<Ago key="since" since={since} />] : []),
  ];
  return (
    <div className={styles.sub}>
      {parts.length === 0
        ? observations.version.reason ?? '\u00a0'
        : parts.map((part, index) => (
            <span key={part.key}>
              {index > 0 && ' · '}
              {part}
            </span>
          ))}
    </div>
  );
}

/** What is wrong in one sentence, where an update stands, and why something is not known: in reach of the eye, not behind a tooltip alone. */
function Trouble(props: { summary: EnvironmentColumn['summary'] }) {
  const { detail, standing, observation } = props.summary;
  const reason = isUnknown(observation.status) ? observation.reason : undefined;
  return (
    <>
      {detail && (
        <div className={styles.detail} title={detail}>
          {detail}
        </div>
      )}
      {standing && (
        <div className={styles.reason} title={standing}>
          {standing}
        </div>
      )}
      {reason && reason !== detail && (
        <div className={styles.reason} title={reason}>
          {reason}
        </div>
      )}
    </>
  );
}
