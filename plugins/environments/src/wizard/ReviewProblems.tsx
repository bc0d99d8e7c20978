import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { Glyph } from '../shared/Glyph';
import { environmentsTranslationRef } from '../translation';
import styles from './ReviewField.module.css';
import { pageOf } from './reviewState';
import { stepLabel } from './stepLabel';
import { answerOf, wantField } from './wantedField';

/** What stands in the way of creating anything, each with the page where it is put right. */
export function ReviewProblems(props: { problems: Preview['problems'] }) {
  const { problems } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  if (problems.length === 0) {
    return null;
  }
  return (
    <div role="alert" className={styles.problems}>
      <strong>{t('review.problems', { count: problems.length })}</strong>
      <ul>
        {problems.map(({ field, message }) => (
          <li key={`${field}${message}`}>
            <Glyph tone="bad" sign="!" strong />
            <span>
              <code>{field}</code>: {message} ·{' '}
              <PageLink
                field={field}
                title={t(`review.page.${pageOf(field)}`)}
              />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function PageLink(props: { field: string; title: string }) {
  const { field, title } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <button
      type="button"
      className={styles.pageLink}
      onClick={() => {
        wantField(answerOf(field));
        stepLabel(title)?.click();
      }}
    >
      {t('review.onPage', { page: title })}
    </button>
  );
}
