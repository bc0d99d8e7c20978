import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsTranslationRef } from '../translation';
import styles from './ReviewField.module.css';
import { folderSummaries } from './reviewState';

/** The repositories with their folders, and what comes into the catalog. */
export function ReviewCreated(props: { preview: Preview }) {
  const { repositories, catalog } = props.preview;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <div className={styles.created}>
      {repositories.map(({ kind, url, files }) => (
        <div key={kind} className={styles.repository}>
          <div className={styles.repositoryName}>
            <span title={url}>{repositoryPath(url)}</span>
            <span className={styles.count}>
              {t('review.files', { count: files.length })}
            </span>
          </div>
          <ul>
            {folderSummaries(files).map(({ folder, entries }) => (
              <li key={folder}>
                {folder}/ {entries.join(', ')}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {catalog.length > 0 && (
        <div className={styles.repository}>
          <div className={styles.repositoryName}>{t('review.catalog')}</div>
          <ul>
            {catalog.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** `acme/checkout-infrastructure` */
export function repositoryPath(url: string): string {
  return url.replace(/^https?:\/\/[^/]+\//, '');
}
