import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { VisuallyHidden } from '@backstage/ui';
import { Behind, EnvironmentSummary } from '@envmatrix/engine';
import { Link } from 'react-router-dom';
import { isUnknown } from '../matrix/cellAppearance';
import { HEALTH } from '../matrix/headChips';
import { Age } from '../shared/Age';
import { hatchClass, Tone, toneClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import styles from './FleetCell.module.css';

/** One environment in one line: is it well, what runs, how far behind, what is wrong. */
export function FleetCell(props: {
  summary: EnvironmentSummary;
  /** Address of the matrix, where the violations are told. */
  to: string;
}) {
  const { summary, to } = props;
  const { version, observation, observations, behind, violations } = summary;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isLost = isUnknown(observation.status);
  const isVersionLost = isUnknown(observations.version.status);
  return (
    <span
      className={`${styles.cell} ${isLost ? hatchClass : ''}`}
      title={isLost ? observation.reason : summary.detail ?? summary.standing}
    >
      <Health summary={summary} />
      {version === undefined ? (
        <span className={styles.note}>
          {isVersionLost
            ? t(`observation.${observations.version.status}`)
            : t('fleet.notDeployed')}
        </span>
      ) : (
        <span className={styles.version} title={version}>
          {version}
        </span>
      )}
      {isLost && version !== undefined && (
        <span className={styles.note}>
          {t('observation.stale')}
          {observation.since && (
            <>
              {' · '}
              <Age since={observation.since} />
            </>
          )}
        </span>
      )}
      {behind && <BehindNote behind={behind} />}
      {violations > 0 && (
        <Link to={to} className={`${styles.note} ${styles.violations}`}>
          <span aria-hidden>{violations} !</span>
          <VisuallyHidden>
            {t('head.violations', { count: violations })}
          </VisuallyHidden>
        </Link>
      )}
    </span>
  );
}

/** The sign of the health, in its colour; its word is for the screen reader and the tooltip. */
function Health(props: { summary: EnvironmentSummary }) {
  const { health, observations } = props.summary;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isKnown =
    health !== undefined && !isUnknown(observations.health.status);
  const look: { tone: Tone; glyph: string } = (isKnown
    ? HEALTH[health]
    : undefined) ?? { tone: 'unknown', glyph: '◌' };
  const word = isKnown ? health : t('head.notKnown');
  return (
    <span className={`${styles.health} ${toneClass(look.tone)}`} title={word}>
      <span aria-hidden>{look.glyph}</span>
      <VisuallyHidden>{word}</VisuallyHidden>
    </span>
  );
}

function BehindNote(props: { behind: Behind }) {
  const { status, commits, environment } = props.behind;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isBad = status === 'diverged';
  const texts = {
    behind:
      commits === undefined
        ? t('fleet.behind')
        : t('fleet.behindCommits', { count: commits }),
    ahead: t('fleet.ahead'),
    diverged: t('fleet.diverged'),
    identical: undefined,
    unknown: undefined,
  };
  const titles = {
    behind:
      commits === undefined
        ? t('head.behind', { environment })
        : t('head.behindCommits', { environment, count: commits }),
    ahead: t('head.ahead', { environment }),
    diverged: t('head.diverged', { environment }),
    identical: undefined,
    unknown: undefined,
  };
  return texts[status] ? (
    <span
      className={`${styles.note} ${styles.toned} ${toneClass(
        isBad ? 'bad' : 'warn',
      )}`}
      title={titles[status]}
    >
      {texts[status]}
    </span>
  ) : null;
}
