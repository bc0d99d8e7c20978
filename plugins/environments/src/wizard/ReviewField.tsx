import { useEffect, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { Alert, Button, Skeleton } from '@backstage/ui';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { Age } from '../shared/Age';
import { failureOf } from '../shared/errors';
import { Glyph } from '../shared/Glyph';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, textAnswer } from './answers';
import fieldStyles from './Field.module.css';
import { ReviewCreated } from './ReviewCreated';
import { ReviewEnvironments } from './ReviewEnvironments';
import styles from './ReviewField.module.css';
import { ReviewFiles } from './ReviewFiles';
import { ReviewJudgement } from './ReviewJudgement';
import { ReviewProblems } from './ReviewProblems';
import { ReviewAnswer, reviewProblem } from './reviewState';
import { useElapsed } from './useElapsed';
import { PreviewState, usePreview } from './usePreview';

/** After that a name that was free may be taken, and the template another one. */
const STALE_MS = 15 * 60_000;

/** Whoever waits longer than that wants to know what for. */
const SLOW_MS = 8_000;

export const reviewSchema = makeFieldSchema({
  output: z =>
    z
      .object({
        state: z.enum(['checking', 'ready', 'problems', 'error', 'stale']),
        problems: z.number().optional(),
      })
      .describe('Whether what was answered can be created'),
});

/** The last page: what there will be, checked by the same engine that judges it later. */
export function ReviewField(props: typeof reviewSchema.TProps) {
  const { formData, onChange, formContext } = props;
  const { review: _review, ...answers } = answersOf(formContext);
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { preview, error, at, since, again } = usePreview(answers);
  const isStale = useElapsed(at, STALE_MS);
  const isSlow = useElapsed(preview ? undefined : since, SLOW_MS);
  const [isLooking, setLooking] = useState(false);
  useAnswer(formData, onChange, { preview, error }, isStale);

  if (error !== undefined) {
    return (
      <section className={scopeClass}>
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('review.error')}
          description={failureOf(error).message}
          customActions={
            <Button size="small" variant="secondary" onPress={again}>
              {t('review.again')}
            </Button>
          }
        />
      </section>
    );
  }
  if (!preview) {
    return (
      <section
        className={scopeClass}
        role="status"
        aria-busy
        aria-label={t('review.checking')}
      >
        <p className={styles.checking}>
          {t('review.checking')}… {isSlow && t('review.slow')}
        </p>
        <div className={styles.columns}>
          <Skeleton width="100%" height={260} rounded={false} />
          <Skeleton width="100%" height={260} rounded={false} />
        </div>
      </section>
    );
  }
  return (
    <section className={scopeClass}>
      <ReviewProblems problems={preview.problems} />
      <div className={styles.columns}>
        <div className={styles.main}>
          <h3 className={fieldStyles.title}>{t('review.title')}</h3>
          <ReviewEnvironments preview={preview} />
          {preview.repositories.length > 0 && (
            <ReviewJudgement preview={preview} />
          )}
          {at && (
            <p
              className={styles.checkedAt}
              role={isStale ? 'alert' : undefined}
            >
              {isStale && <Glyph tone="warn" sign="!" strong />}
              <span>
                {t(isStale ? 'review.stale' : 'review.checkedAt', {
                  age: <Age since={at} />,
                })}
              </span>
              <Button size="small" variant="tertiary" onPress={again}>
                {t('review.recheck')}
              </Button>
            </p>
          )}
        </div>
        <div className={styles.side}>
          <h3 className={fieldStyles.title}>{t('review.created')}</h3>
          <ReviewCreated preview={preview} />
          {preview.repositories.length > 0 && (
            <Button variant="secondary" onPress={() => setLooking(true)}>
              {t('review.look')}
            </Button>
          )}
        </div>
      </div>
      {isLooking && (
        <ReviewFiles
          service={textAnswer(answers, 'service') ?? ''}
          repositories={preview.repositories}
          onClose={() => setLooking(false)}
        />
      )}
    </section>
  );
}

/** Tells the form how far the check is, so that nothing is created before it says that all is well. */
function useAnswer(
  formData: ReviewAnswer | undefined,
  onChange: (answer: ReviewAnswer) => void,
  { preview, error }: PreviewState,
  isStale: boolean,
): void {
  const answer = answerOf(preview, error, isStale);
  useEffect(() => {
    if (
      formData?.state !== answer.state ||
      formData.problems !== answer.problems
    ) {
      onChange(answer);
    }
  });
}

function answerOf(
  preview: Preview | undefined,
  error: unknown,
  isStale: boolean,
): ReviewAnswer {
  if (error !== undefined) {
    return { state: 'error' };
  }
  if (!preview) {
    return { state: 'checking' };
  }
  if (preview.problems.length > 0) {
    return { state: 'problems', problems: preview.problems.length };
  }
  return { state: isStale ? 'stale' : 'ready' };
}

export const validateReview: CustomFieldValidator<
  typeof reviewSchema.TOutput
> = (value, field) => {
  const problem = reviewProblem(value);
  if (problem) {
    field.addError(problem);
  }
};
