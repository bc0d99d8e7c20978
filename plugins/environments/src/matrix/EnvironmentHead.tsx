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
  return (
    <div className={styles.head}>
      <div className={styles.top}>
        <div className={styles.who}>
          <Name column={column} />
          <div
            className={styles.where}
            title={column.targets
              ?.map(({ cluster, namespace }) => `${cluster} · ${namespace}`)
              .join(', ')}
          >
            {[column.cluster, column.namespace].filter(Boolean).join(' · ')}
          </div>
        </div>
        {promotion && (
          <div className={styles.way}>
            <PromoteButton
              promotion={promotion}
              title={nextTitle ?? promotion.to}
              onPromote={onPromote}
            />
          </div>
        )}
      </div>
      <Version column={column} />
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

function PromoteButton(props: {
  promotion: NonNullable<EnvironmentColumn['promotion']>;
  title: string;
  onPromote: () => void;
}) {
  const { promotion, title, onPromote } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <>
      <Button
        size="small"
        variant="secondary"
        className={promotion.possible ? styles.possible : undefined}
        isDisabled={!promotion.possible}
        onPress={onPromote}
      >
        {promotion.way === 'sync'
          ? t('head.sync', { environment: title })
          : t('head.promote', { environment: title })}{' '}
        →
      </Button>
      {!promotion.possible && (
        <ul className={styles.blocked}>
          {promotion.blockedBy.map(reason => (
            <li key={reason} title={reason}>
              {reason}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Version(props: { column: EnvironmentColumn }) {
  const { summary } = props.column;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { version, commit, by, since } = summary;
  const observation = summary.observations.version;
  const isLost = isUnknown(observation.status);
  const parts = [
    ...(commit ? [<code key="commit">{commit.slice(0, 7)}</code>] : []),
    ...(by ? [<span key="by">{by}</span>] : []),
    ...(since ? [<Ago key="since" since={since} />] : []),
  ];
  return (
    <>
      <div
        className={[
          styles.version,
          isLost || version === undefined ? styles.muted : '',
          isLost ? hatchClass : '',
        ].join(' ')}
        title={isLost ? observation.reason : version}
      >
        {version ?? (isLost ? t('head.notKnown') : t('head.nothing'))}
      </div>
      <div className={styles.sub}>
        {parts.length === 0
          ? observation.reason ?? '\u00a0'
          : parts.map((part, index) => (
              <span key={part.key}>
                {index > 0 && ' · '}
                {part}
              </span>
            ))}
      </div>
    </>
  );
}

/** What is wrong in one sentence, and why something is not known: in reach of the eye, not behind a tooltip alone. */
function Trouble(props: { summary: EnvironmentColumn['summary'] }) {
  const { detail, observation } = props.summary;
  const reason = isUnknown(observation.status) ? observation.reason : undefined;
  return (
    <>
      {detail && (
        <div className={styles.detail} title={detail}>
          {detail}
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
