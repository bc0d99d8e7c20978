import { MutableRefObject, RefObject, useEffect, useRef } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { Ago } from '../shared/Age';
import { failureOf } from '../shared/errors';
import { environmentsTranslationRef } from '../translation';
import { OwnCluster } from './OwnMatrixReader';
import styles from './OwnTokenNotice.module.css';
import { OwnMatrix } from './useOwnMatrix';

/** Which clusters are, or can be, shown as the person who looks sees them. */
export function OwnTokenNotice(props: { own: OwnMatrix }) {
  const { own } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const wasPressed = useRef(false);
  if (own.clusters.length === 0) {
    return null;
  }
  const read = (cluster: string) => {
    wasPressed.current = true;
    own.read(cluster);
  };
  return (
    <section className={styles.notice} aria-label={t('own.label')}>
      {own.clusters
        .filter(({ status }) => status !== 'read' && status !== 'checking')
        .map(cluster => (
          <Cluster
            key={cluster.name}
            cluster={cluster}
            own={own}
            onRead={() => read(cluster.name)}
          />
        ))}
      <Shown own={own} wasPressed={wasPressed} />
    </section>
  );
}

function Cluster(props: {
  cluster: OwnCluster;
  own: OwnMatrix;
  onRead: () => void;
}) {
  const { cluster, own, onRead } = props;
  const { name, status, reason } = cluster;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const read = (
    <Button
      size="small"
      variant="secondary"
      isPending={status === 'reading'}
      onPress={onRead}
    >
      {t('own.read', { cluster: name })}
    </Button>
  );
  switch (status) {
    case 'impossible':
      return (
        <Alert
          role="status"
          status="info"
          icon
          title={t('own.title', { cluster: name })}
          description={t('own.impossible')}
        />
      );
    case 'refused':
      return (
        <Alert
          role="alert"
          status="warning"
          icon
          title={t('own.refused', { cluster: name })}
          description={reason}
          customActions={read}
        />
      );
    case 'failing':
      return (
        <Alert
          role="alert"
          status="warning"
          icon
          title={t('own.failing', { cluster: name })}
          description={reason ?? messageOf(own.error)}
          customActions={<LookAgain own={own} />}
        />
      );
    case 'reading':
      return (
        <Alert
          role="status"
          status="info"
          icon
          title={t('own.reading', { cluster: name })}
          description={t('own.privacy')}
          customActions={read}
        />
      );
    default:
      return (
        <Alert
          role="status"
          status={reason ? 'warning' : 'info'}
          icon
          title={t('own.title', { cluster: name })}
          description={
            reason ? t('own.notSignedIn', { reason }) : t('own.privacy')
          }
          customActions={read}
        />
      );
  }
}

/** What is shown as the person sees it, how old that is, and whether it is kept up to date. */
function Shown(props: {
  own: OwnMatrix;
  wasPressed: MutableRefObject<boolean>;
}) {
  const { own, wasPressed } = props;
  const { clusters, readAt, error } = own;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const button = useRef<HTMLButtonElement>(null);
  const shown = clusters.filter(({ status }) => status === 'read');
  const count = shown.length;
  useEffect(() => {
    // The button that was pressed has gone: whoever uses a keyboard goes on from here.
    if (count > 0 && wasPressed.current && !isFocused()) {
      button.current?.focus();
    }
    wasPressed.current = false;
  }, [count, wasPressed]);
  if (count === 0 || readAt === undefined) {
    return null;
  }
  return (
    <div className={styles.shown}>
      <span role="status">
        {t('own.shown', {
          count,
          clusters: shown.map(({ name }) => name).join(', '),
        })}
      </span>
      <span>
        {t('own.readAt', {
          age: <Ago since={new Date(readAt).toISOString()} />,
        })}
      </span>
      {error !== undefined && (
        <span role="alert">
          {t('own.failed')}: {messageOf(error)}
        </span>
      )}
      <LookAgain own={own} buttonRef={button} />
    </div>
  );
}

function LookAgain(props: {
  own: OwnMatrix;
  buttonRef?: RefObject<HTMLButtonElement>;
}) {
  const { own, buttonRef } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <Button
      ref={buttonRef}
      size="small"
      variant="tertiary"
      isPending={own.isReading}
      onPress={own.lookAgain}
    >
      {t('own.lookAgain')}
    </Button>
  );
}

function isFocused(): boolean {
  const { activeElement, body } = document;
  return activeElement !== null && activeElement !== body;
}

function messageOf(error: unknown): string | undefined {
  return error === undefined ? undefined : failureOf(error).message;
}
