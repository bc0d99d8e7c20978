import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DateTime } from 'luxon';
import { environmentsTranslationRef } from '../translation';
import { ageOf } from './formatAge';
import { useNow } from './useNow';

/** `4 min`; the whole date as its title. Ticks by itself. */
export function Age(props: { since: string }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  const age = ageOf(props.since, useNow());
  if (!age) {
    return null;
  }
  return (
    <time
      dateTime={props.since}
      title={DateTime.fromISO(props.since).toLocaleString(
        DateTime.DATETIME_MED_WITH_SECONDS,
      )}
    >
      {t(`age.${age.unit}`, { count: age.count })}
    </time>
  );
}

/** `4 min ago` */
export function Ago(props: { since: string }) {
  const { t } = useTranslationRef(environmentsTranslationRef);
  return <>{t('age.ago', { age: <Age since={props.since} /> })}</>;
}
