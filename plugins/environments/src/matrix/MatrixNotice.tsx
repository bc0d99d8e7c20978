import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { Ago } from '../shared/Age';
import { failureOf } from '../shared/errors';
import { environmentsTranslationRef } from '../translation';
import { MatrixState } from './MatrixPoller';
import styles from './MatrixNotice.module.css';

/** The first answer was an error: what it says, and a way to try again. */
export function MatrixError(props: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const { kind, message } = failureOf(props.error);
  const titles = {
    forbidden: t('page.forbiddenTitle'),
    'not-found': t('page.notFoundTitle'),
    conflict: t('page.errorTitle'),
    other: t('page.errorTitle'),
  };
  return (
    <Alert
      role="alert"
      status="danger"
      icon
      title={titles[kind]}
      description={message}
      customActions={
        <Button size="small" variant="secondary" onPress={props.onRetry}>
          {t('status.retry')}
        </Button>
      }
    />
  );
}

/** What is to be said above a matrix that is shown: the backend is gone, or the intent is not right. */
export function MatrixBanners(props: {
  state: MatrixState;
  onRetry: () => void;
}) {
  const { matrix, error, confirmedAt } = props.state;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <>
      {error !== undefined && confirmedAt !== undefined && (
        <Alert
          role="alert"
          className={styles.banner}
          status="warning"
          icon
          title={t('status.backendDown', {
            age: <Ago since={new Date(confirmedAt).toISOString()} />,
          })}
          description={failureOf(error).message}
          customActions={
            <Button size="small" variant="secondary" onPress={props.onRetry}>
              {t('status.retry')}
            </Button>
          }
        />
      )}
      {matrix?.problem && matrix.environments.length > 0 && (
        <Alert
          role="status"
          className={styles.banner}
          status="warning"
          icon
          title={t('status.problem', { problem: matrix.problem })}
        />
      )}
      {matrix?.inference && matrix.environments.length > 0 && (
        <Alert
          role="status"
          className={styles.banner}
          status="info"
          icon
          title={t(`inference.${matrix.inference.from}`)}
          description={
            <details>
              <summary>{t('inference.look')}</summary>
              <ul>
                {matrix.inference.explanation.map(sentence => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </details>
          }
        />
      )}
    </>
  );
}

/** The backend knows no environments of this entity, yet. */
export function NoEnvironments(props: { problem: string | undefined }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const problem = props.problem ?? t('page.noReason');
  return (
    <Alert
      role="status"
      status="info"
      icon
      title={t('page.emptyTitle')}
      description={t('page.emptyText', { problem })}
    />
  );
}
