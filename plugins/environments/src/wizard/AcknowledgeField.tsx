import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, isRecord } from './answers';
import styles from './GateField.module.css';
import { isolationOf } from './isolation';
import { useDefault } from './useDefault';

export const acknowledgeSchema = makeFieldSchema({
  output: z =>
    z
      .boolean()
      .describe('That production shares its control plane is accepted'),
});

/** Asks for a word of consent where production shares its cluster, and for nothing elsewhere. */
export function AcknowledgeField(props: typeof acknowledgeSchema.TProps) {
  const { formData, onChange, formContext } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const isAsked = isolationOf(answersOf(formContext)) === 'namespaces';
  // The form asks only of fields with a value whether they are right.
  useDefault(isAsked ? formData : false, onChange, false);
  if (!isAsked) {
    return null;
  }
  return (
    <label className={`${scopeClass} ${styles.choice}`}>
      <input
        type="checkbox"
        checked={formData === true}
        onChange={event => onChange(event.target.checked)}
      />
      {t('isolation.acknowledge')}
    </label>
  );
}

export const validateAcknowledge: CustomFieldValidator<
  typeof acknowledgeSchema.TOutput
> = (value, field, context) => {
  const answers: unknown = context.formData;
  if (isRecord(answers) && isolationOf(answers) === 'namespaces' && !value) {
    field.addError('Accept it, or choose another way to keep them apart');
  }
};
