import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { PromotionFile, PromotionPlan } from '@envmatrix/engine';
import { environmentsTranslationRef } from '../translation';
import { DiffBlock } from './DiffBlock';
import { fileDiff, objectDiffs, subjectName } from './fileDiff';
import styles from './PromotionDialog.module.css';

/** How many commits are shown before somebody asks for all. */
const FIRST_COMMITS = 3;

/** What is committed, and what the rendered manifests change by. */
export function PlanChange(props: { plan: PromotionPlan }) {
  const { plan } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const diffs = objectDiffs(plan.changes);
  return (
    <section>
      <h3 className={styles.heading}>{t('promote.change')}</h3>
      {plan.files.length === 0 && plan.way !== 'sync' && (
        <p className={styles.muted}>{t('promote.noFiles')}</p>
      )}
      {plan.files.map(file => (
        <DiffBlock
          key={file.path}
          title={file.path}
          note={noteOf(file, t('promote.added'), t('promote.removed'))}
          lines={fileDiff(file)}
        />
      ))}
      {plan.changesUnknown !== undefined ? (
        <p className={styles.muted}>
          {t('promote.renderedUnknown', { reason: plan.changesUnknown })}
        </p>
      ) : (
        diffs.length === 0 && (
          <p className={styles.muted}>{t('promote.renderedNothing')}</p>
        )
      )}
      {diffs.map(({ subject, lines }) => (
        <DiffBlock
          key={subject}
          title={t('promote.rendered', { subject: subjectName(subject) })}
          note={
            plan.restarts.includes(subject) ? t('promote.restarts') : undefined
          }
          lines={lines}
        />
      ))}
    </section>
  );
}

function noteOf(
  { before, after }: PromotionFile,
  added: string,
  removed: string,
): string | undefined {
  if (before === undefined) {
    return added;
  }
  return after === undefined ? removed : undefined;
}

/** What comes with the release. */
export function PlanCommits(props: { release: PromotionPlan['release'] }) {
  const { commits, commitsUnknown } = props.release;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [isWhole, setWhole] = useState(false);
  if (!commits) {
    return commitsUnknown ? (
      <section>
        <h3 className={styles.heading}>{t('promote.commitsUnknown')}</h3>
        <p className={styles.muted}>{commitsUnknown}</p>
      </section>
    ) : null;
  }
  const shown = isWhole ? commits : commits.slice(0, FIRST_COMMITS);
  return (
    <section>
      <h3 className={styles.heading}>
        {t('promote.commits', { count: commits.length })}
      </h3>
      <ul className={styles.commits}>
        {shown.map(({ sha, subject, author, link }) => (
          <li key={sha}>
            {link ? (
              <a href={link} target="_blank" rel="noreferrer">
                <code>{sha.slice(0, 7)}</code>
              </a>
            ) : (
              <code>{sha.slice(0, 7)}</code>
            )}{' '}
            {subject} — {author}
          </li>
        ))}
      </ul>
      {shown.length < commits.length && (
        <button
          type="button"
          className={styles.more}
          onClick={() => setWhole(true)}
        >
          {t('promote.more', { count: commits.length - shown.length })}
        </button>
      )}
    </section>
  );
}
