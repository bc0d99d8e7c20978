import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { Chip } from '../shared/Chip';
import { environmentsTranslationRef } from '../translation';
import { DetailPart, DETAILS, reviewFacts } from './reviewDetails';
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
export function ReviewEnvironments(props: { preview: Preview }) {
  const { preview } = props;
  const { environments } = preview;
  const { t } = useTranslationRef(environmentsTranslationRef);
  if (environments.length === 0) {
    return null;
  }
  const facts = reviewFacts(preview);
  const wordsOf = (part: DetailPart): string => {
    if (typeof part === 'string') {
      return part;
    }
    switch (part.word) {
      case 'certificate':
        return t(`table.certificates.${part.issuer}`);
      case 'backups':
      case 'days':
        return t(`review.words.${part.word}`, { count: part.count });
      default:
        return t(`review.words.${part.word}`);
    }
  };
  const details = DETAILS.filter(detail =>
    environments.some(({ name }) => facts?.details[name]?.[detail].length),
  );
  return (
    <>
      {facts && (
        <p className={styles.facts}>
          {[
            t(`isolation.${facts.isolation}.name`),
            t(`review.cloud.${facts.cloud}`),
            t(`review.flavour.${facts.terraformFlavour}`),
          ].join(' · ')}
        </p>
      )}
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
            {details.map(detail => (
              <tr key={detail}>
                <th scope="row">{t(`review.details.${detail}`)}</th>
                {environments.map(({ name }) => (
                  <td key={name}>
                    {(facts?.details[name]?.[detail] ?? [])
                      .map(wordsOf)
                      .join(' · ') || '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
