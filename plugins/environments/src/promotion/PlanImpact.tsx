import { Fragment } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Finding, PromotionPlan } from '@envmatrix/engine';
import { environmentsTranslationRef } from '../translation';
import styles from './PromotionDialog.module.css';

/** Who uses the service, and which rules the change breaks or mends. */
export function PlanImpact(props: { plan: PromotionPlan; toTitle: string }) {
  const { plan, toTitle } = props;
  const { dependents, owners } = plan.impact;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const starts = failures(plan.findings.starts);
  const stops = failures(plan.findings.stops).length;
  const stays = failures(plan.findings.stays).length;
  return (
    <section>
      <h3 className={styles.heading}>{t('promote.touches')}</h3>
      <p className={styles.text}>
        {dependents.length === 0 ? (
          t('promote.usedByNobody')
        ) : (
          <>
            {t('promote.usedBy')} <Entities refs={dependents} />.
          </>
        )}{' '}
        {owners.length > 0 && (
          <>
            {t('promote.owners')}: <Entities refs={owners} />.
          </>
        )}
      </p>
      <p className={styles.text}>
        {stops > 0 && `${t('promote.stops', { count: stops })} `}
        {starts.length === 0
          ? t('promote.startsNone')
          : t('promote.starts', { count: starts.length })}
        {stays > 0 && ` ${t('promote.stays', { count: stays, to: toTitle })}`}
      </p>
      {starts.length > 0 && (
        <ul className={styles.starts}>
          {starts.map(finding => (
            <li key={`${finding.rule}${finding.subject}${finding.pointer}`}>
              <strong>{finding.rule}</strong> {finding.title} ·{' '}
              {finding.subject}
              {finding.reason && ` · ${finding.reason}`}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Entities(props: { refs: readonly string[] }) {
  return (
    <>
      {props.refs.map((ref, index) => (
        <Fragment key={ref}>
          {index > 0 && ', '}
          <EntityRefLink entityRef={ref} />
        </Fragment>
      ))}
    </>
  );
}

function failures(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ outcome }) => outcome === 'fail');
}
