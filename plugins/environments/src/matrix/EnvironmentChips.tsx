import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Behind, EnvironmentSummary } from '@envmatrix/engine';
import { Ago } from '../shared/Age';
import { Chip } from '../shared/Chip';
import { environmentsTranslationRef } from '../translation';
import { HeadChip, headChips } from './headChips';
import styles from './EnvironmentHead.module.css';

/** Health, sync, readiness, distance and findings of an environment, each with its word. */
export function EnvironmentChips(props: { summary: EnvironmentSummary }) {
  return (
    <div className={styles.chips}>
      {headChips(props.summary).map((chip, index) => (
        <OneChip key={`${chip.kind}-${index}`} chip={chip} />
      ))}
    </div>
  );
}

function OneChip(props: { chip: HeadChip }) {
  const { chip } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  switch (chip.kind) {
    case 'word':
      return (
        <Chip tone={chip.tone} glyph={chip.glyph}>
          {chip.word}
        </Chip>
      );
    case 'ready':
      return (
        <Chip tone={chip.tone}>{t('head.ready', { ready: chip.ready })}</Chip>
      );
    case 'behind':
      return (
        <Chip tone={chip.tone} glyph={chip.glyph} title={chip.behind.reason}>
          <BehindText behind={chip.behind} />
        </Chip>
      );
    case 'violations':
    case 'unclassified':
      return (
        <Chip tone={chip.tone} glyph={chip.glyph}>
          {t(`head.${chip.kind}`, { count: chip.count })}
        </Chip>
      );
    case 'last-known':
      return <LastKnownChip chip={chip} />;
    default:
      throw new Error(`Unknown chip ${chip satisfies never}`);
  }
}

function LastKnownChip(props: {
  chip: Extract<HeadChip, { kind: 'last-known' }>;
}) {
  const { words, ready, observation } = props.chip;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const values = [
    ...words,
    ...(ready === undefined ? [] : [t('head.ready', { ready })]),
  ];
  return (
    <Chip tone="unknown" glyph="?" title={observation.reason}>
      {values.length === 0 ? (
        t(`observation.${observation.status}`)
      ) : (
        <>
          {values.join(', ')} ·{' '}
          {observation.since
            ? t('head.lastKnown', { age: <Ago since={observation.since} /> })
            : t('observation.stale')}
        </>
      )}
    </Chip>
  );
}

function BehindText(props: { behind: Behind }) {
  const { environment, status, commits } = props.behind;
  const { t } = useTranslationRef(environmentsTranslationRef);
  switch (status) {
    case 'behind':
      return (
        <>
          {commits === undefined
            ? t('head.behind', { environment })
            : t('head.behindCommits', { environment, count: commits })}
        </>
      );
    case 'ahead':
      return (
        <>
          {commits === undefined
            ? t('head.ahead', { environment })
            : t('head.aheadCommits', { environment, count: commits })}
        </>
      );
    case 'diverged':
      return <>{t('head.diverged', { environment })}</>;
    case 'unknown':
      return <>{t('head.behindUnknown', { environment })}</>;
    case 'identical':
      return null;
    default:
      throw new Error(`Unknown status ${status satisfies never}`);
  }
}
