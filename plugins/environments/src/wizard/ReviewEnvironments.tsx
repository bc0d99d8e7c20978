import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { Chip } from '../shared/Chip';
import { environmentsTranslationRef } from '../translation';
import styles from './ReviewField.module.css';

const ROWS = [
  'runsIn',
  'releaseArrives',
  'waitsFor',
  'replicas',
  'resources',
  'quota',
] as const;

/** The environments side by side, as the matrix will show them. */
export function ReviewEnvironments(props: {
  environments: Preview['environments'];
}) {
  const { environments } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  if (environments.length === 0) {
    return null;
  }
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={t('review.title')}>
        <thead>
          <tr>
            <td className={styles.corner} />
            {environments.map(({ name, title, kind }) => (
              <th key={name} scope="col">
                {title}{' '}
                {kind === 'production' && (
                  <Chip tone="info">{t('head.production')}</Chip>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(row => (
            <tr key={row}>
              <th scope="row">{t(`review.${row}`)}</th>
              {environments.map(environment => (
                <td key={environment.name}>{environment[row]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
