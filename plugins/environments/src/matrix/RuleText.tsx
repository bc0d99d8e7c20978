import { useEffect, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RuleDescription } from '@envmatrix/engine';
import { environmentsTranslationRef } from '../translation';
import styles from './CellPanel.module.css';

/** What a rule says, in its own words; the catalogue is loaded when somebody asks for the first. */
export function RuleText(props: { rule: string }) {
  const { rule } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [description, setDescription] = useState<RuleDescription>();
  useEffect(() => {
    let isGone = false;
    import('@envmatrix/engine').then(({ ruleCatalogue }) => {
      if (!isGone) {
        setDescription(ruleCatalogue.find(({ id }) => id === rule));
      }
    });
    return () => {
      isGone = true;
    };
  }, [rule]);
  if (!description) {
    return null;
  }
  return (
    <details className={styles.text}>
      <summary>{t('panel.ruleSays', { rule })}</summary>
      <p>
        <strong>{description.title}.</strong> {description.semantics}
      </p>
      <p>{description.remedy}</p>
    </details>
  );
}
