import { useEffect, useRef } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { answersOf, textAnswer, WizardAnswers } from './answers';
import { Field } from './Field';

export const imageSchema = makeFieldSchema({
  output: z =>
    z.string().describe('Image repository that the releases are tags of'),
});

/** The image repository; follows the owner and the service until somebody says otherwise. */
export function ImageField(props: typeof imageSchema.TProps) {
  const { formData, onChange, rawErrors, required, schema, formContext } =
    props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const suggestion = imageSuggestion(answersOf(formContext));
  const followed = useRef(suggestion);
  useEffect(() => {
    const follows = formData === undefined || formData === followed.current;
    if (suggestion !== undefined && follows && formData !== suggestion) {
      onChange(suggestion);
    }
    followed.current = suggestion ?? followed.current;
  }, [suggestion, formData, onChange]);
  return (
    <div className={scopeClass}>
      <Field
        label={schema.title ?? t('image.label')}
        value={formData ?? ''}
        isRequired={required}
        hint={schema.description}
        placeholder="ghcr.io/acme/checkout"
        isWrong={Boolean(rawErrors?.length)}
        onChange={text => onChange(text)}
      />
    </div>
  );
}

/** `ghcr.io/<owner>/<service>`; none while the owner is no entity reference yet, which it is while somebody types. */
export function imageSuggestion(answers: WizardAnswers): string | undefined {
  const service = textAnswer(answers, 'service');
  const owner = /^(?:[^:/]+:)?(?:[^:/]+\/)?([^:/]+)$/.exec(
    textAnswer(answers, 'owner') ?? '',
  )?.[1];
  return service && owner
    ? `ghcr.io/${owner}/${service}`.toLowerCase()
    : undefined;
}

export const validateImage: CustomFieldValidator<string> = (value, field) => {
  if (!/^[^\s:@]+(:[0-9]+\/[^\s:@]+)?$/.test(value ?? '')) {
    field.addError(
      'An image repository without a tag, such as ghcr.io/acme/checkout',
    );
  }
};
