import { useState } from 'react';
import { Entity } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import {
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
  ARGOCD_INSTANCE_ANNOTATION,
  INTENT_ANNOTATION,
  KUBERNETES_ID_ANNOTATION,
  KUBERNETES_LABEL_SELECTOR_ANNOTATION,
} from '@envmatrix/backstage-plugin-environments-common';
import { Glyph } from '../shared/Glyph';
import { environmentsTranslationRef } from '../translation';
import styles from './MissingAnnotations.module.css';

/** Whether an entity says where its environments are declared. */
export function declaresEnvironments(entity: Entity): boolean {
  return Boolean(entity.metadata.annotations?.[INTENT_ANNOTATION]);
}

/** What to add to an entity that does not say where its environments are, ready to be pasted. */
export function MissingAnnotations(props: { entity: Entity }) {
  const { entity } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [isCopied, setCopied] = useState(false);
  const { name, annotations = {} } = entity.metadata;
  const wanted = [
    {
      names: [INTENT_ANNOTATION],
      value: 'environments.yaml',
      text: t('empty.intent'),
      isNeeded: true,
    },
    {
      names: [KUBERNETES_ID_ANNOTATION, KUBERNETES_LABEL_SELECTOR_ANNOTATION],
      value: name,
      text: t('empty.kubernetesId'),
    },
    {
      names: [ARGOCD_APP_SELECTOR_ANNOTATION, ARGOCD_APP_NAME_ANNOTATION],
      value: `app.kubernetes.io/name=${name}`,
      text: t('empty.argocdSelector'),
    },
    {
      names: [ARGOCD_INSTANCE_ANNOTATION],
      value: 'main',
      text: t('empty.argocdInstance'),
    },
  ].map(annotation => ({
    ...annotation,
    isPresent: annotation.names.some(key => key in annotations),
  }));
  const snippet = [
    'metadata:',
    '  annotations:',
    ...wanted
      .filter(({ isPresent }) => !isPresent)
      .map(({ names, value }) => `    ${names[0]}: ${value}`),
  ].join('\n');
  return (
    <section className={styles.empty}>
      <h2 className={styles.title}>{t('empty.title', { entity: name })}</h2>
      <p className={styles.text}>{t('empty.text')}</p>
      <ul className={styles.list}>
        {wanted.map(({ names, text, isPresent, isNeeded }) => (
          <li key={names[0]} className={styles.item}>
            <Glyph
              tone={isPresent ? 'ok' : 'warn'}
              sign={isPresent ? '✓' : '+'}
            />
            <div>
              <code>{names[0]}</code>{' '}
              <span className={styles.note}>
                {isPresent ? t('empty.present') : t('empty.missing')}
                {isNeeded && !isPresent && `, ${t('empty.needed')}`}
              </span>
              <div className={styles.note}>{text}</div>
            </div>
          </li>
        ))}
      </ul>
      <div className={styles.snippet}>
        <pre aria-label={t('empty.snippet')}>{snippet}</pre>
        <Button
          size="small"
          variant="secondary"
          className={styles.copy}
          onPress={async () => {
            await window.navigator.clipboard.writeText(`${snippet}\n`);
            setCopied(true);
          }}
        >
          {isCopied ? t('empty.copied') : t('empty.copy')}
        </Button>
      </div>
      <p className={styles.note}>{t('empty.create')}</p>
    </section>
  );
}
