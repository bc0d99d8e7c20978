import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { Glyph } from '../shared/Glyph';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import fieldStyles from './Field.module.css';
import styles from './GateField.module.css';
import { useDefault } from './useDefault';

export const gateSchema = makeFieldSchema({
  output: z =>
    z
      .array(z.enum(['pull-request', 'argo-manual-sync']))
      .describe('What a release passes on its way to production'),
});

const BOTH: (typeof gateSchema.TOutput)[number][] = [
  'pull-request',
  'argo-manual-sync',
];

/** What a release passes on its way to production, in order, with what each step is good for. */
export function GateField(props: typeof gateSchema.TProps) {
  const { formData, onChange } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  // The form itself makes an empty list of a list without a value.
  useDefault(formData?.length ? formData : undefined, onChange, BOTH);
  const steps = [
    { title: t('gate.health'), text: t('gate.healthText') },
    { title: t('gate.pullRequest'), text: t('gate.pullRequestText') },
    { title: t('gate.sync'), text: t('gate.syncText') },
  ];
  return (
    <section className={scopeClass}>
      <h3 className={fieldStyles.title}>{t('gate.title')}</h3>
      <p className={styles.intro}>{t('gate.intro')}</p>
      <ol className={styles.steps}>
        {steps.map(({ title, text }) => (
          <li key={title} className={styles.step}>
            <Glyph tone="ok" sign="✓" strong round />
            <div>
              <strong>{title}</strong>
              <p>{text}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

export const validateGate: CustomFieldValidator<typeof gateSchema.TOutput> = (
  value,
  field,
) => {
  for (const gate of BOTH) {
    if (!value.includes(gate)) {
      field.addError(`Production needs ${gate}`);
    }
  }
};
