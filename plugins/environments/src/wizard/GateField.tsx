import { useId } from 'react';
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

const GATES = [
  'pull-request',
  'argo-manual-sync',
  'github-environment',
] as const;

type Gate = (typeof GATES)[number];

export const gateSchema = makeFieldSchema({
  output: z =>
    z
      .array(z.enum(GATES))
      .describe('What a release passes on its way to production'),
});

const USUAL: Gate[] = ['pull-request', 'argo-manual-sync'];

/** What a release passes on its way to production, with what each step is good for. One at least. */
export function GateField(props: typeof gateSchema.TProps) {
  const { formData, onChange, rawErrors } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  // The form itself makes an empty list of a list without a value.
  const isEmptied = rawErrors !== undefined && rawErrors.length > 0;
  useDefault(
    formData?.length || isEmptied ? formData : undefined,
    onChange,
    USUAL,
  );
  const id = useId();
  const chosen = formData ?? [];
  const toggle = (gate: Gate) => {
    const next = GATES.filter(candidate =>
      candidate === gate
        ? !chosen.includes(candidate)
        : chosen.includes(candidate),
    );
    // The last one stays: production without a gate is not offered.
    if (next.length > 0) {
      onChange(next);
    }
  };
  return (
    <fieldset className={`${scopeClass} ${styles.gates}`}>
      <legend>
        <h3 className={fieldStyles.title}>{t('gate.title')}</h3>
      </legend>
      <p className={styles.intro}>{t('gate.intro')}</p>
      <ol className={styles.steps}>
        <li className={styles.step}>
          <Glyph tone="ok" sign="✓" strong round />
          <div>
            <strong>{t('gate.health')}</strong>
            <p>{t('gate.healthText')}</p>
          </div>
        </li>
        {GATES.map(gate => (
          <li key={gate} className={styles.step}>
            <div>
              <label className={styles.choice}>
                <input
                  type="checkbox"
                  checked={chosen.includes(gate)}
                  aria-describedby={`${id}-${gate}`}
                  onChange={() => toggle(gate)}
                />
                {t(`gate.${gate}.name`)}
              </label>
              <p id={`${id}-${gate}`}>{t(`gate.${gate}.text`)}</p>
            </div>
          </li>
        ))}
      </ol>
    </fieldset>
  );
}

export const validateGate: CustomFieldValidator<typeof gateSchema.TOutput> = (
  value,
  field,
) => {
  if (value.length === 0) {
    field.addError('Production needs at least one gate');
  }
};
