import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { Glyph } from '../shared/Glyph';
import { environmentsTranslationRef } from '../translation';
import styles from './ReviewField.module.css';
import { judgementOf } from './reviewState';

/** What the engine says of the repositories to come. */
export function ReviewJudgement(props: { preview: Preview }) {
  const { preview } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  if (preview.findingsUnknown !== undefined) {
    return (
      <p className={styles.judgement}>
        {t('review.findingsUnknown', { reason: preview.findingsUnknown })}
      </p>
    );
  }
  const { hold, fail, unknown, unclassified } = judgementOf(preview);
  const failing = preview.findings.filter(({ outcome }) => outcome === 'fail');
  return (
    <>
      <p className={styles.judgement}>
        {t('review.checked')} {t('review.hold', { count: hold })},{' '}
        {fail === 0 ? t('review.failNone') : t('review.fail', { count: fail })}
        {unclassified > 0 &&
          `, ${t('review.unclassified', { count: unclassified })}`}
        {unknown > 0 && `. ${t('review.unknown', { count: unknown })}`}.
      </p>
      <ul className={styles.failing}>
        {failing.map(finding => (
          <li key={`${finding.rule}${finding.subject}${finding.pointer}`}>
            <Glyph tone="bad" sign="!" strong />
            <span>
              <strong>{finding.rule}</strong> {finding.title} ·{' '}
              {finding.environments.join(', ')} · {finding.subject}
              {finding.reason && `: ${finding.reason}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
