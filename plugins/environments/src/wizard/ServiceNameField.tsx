import { useEffect, useState } from 'react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  CustomFieldValidator,
  makeFieldSchema,
} from '@backstage/plugin-scaffolder-react';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { Field } from './Field';
import { serviceNameProblem, takenNameProblem } from './serviceName';

/** A person still types within this. */
const TYPING_MS = 400;

export const serviceNameSchema = makeFieldSchema({
  output: z => z.string().describe('Name of the service: a DNS label'),
});

/** The name of the service; says at once whether it can be had. */
export function ServiceNameField(props: typeof serviceNameSchema.TProps) {
  const { formData, onChange, rawErrors, required, schema } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const value = formData ?? '';
  const [isTouched, setTouched] = useState(value !== '');
  const taken = useTakenName(value);
  const wrong = value === '' ? undefined : serviceNameProblem(value);
  const problem = (isTouched ? wrong : undefined) ?? taken;
  return (
    <div className={scopeClass}>
      <Field
        label={schema.title ?? t('service.label')}
        value={value}
        isRequired={required}
        hint={
          value !== '' && !wrong
            ? t('service.free', { name: value })
            : schema.description
        }
        isWrong={problem !== undefined || Boolean(rawErrors?.length)}
        // The form shows its own errors below the field.
        problem={rawErrors?.includes(problem ?? '') ? undefined : problem}
        onBlur={() => setTouched(value !== '')}
        onChange={text => onChange(text === '' ? undefined : text)}
      />
    </div>
  );
}

function useTakenName(name: string): string | undefined {
  const catalog = useApi(catalogApiRef);
  const [answer, setAnswer] = useState<{ name: string; problem?: string }>();
  useEffect(() => {
    if (name === '' || serviceNameProblem(name)) {
      return undefined;
    }
    let isCurrent = true;
    const timer = setTimeout(() => {
      takenNameProblem(catalog, name).then(
        problem => isCurrent && setAnswer({ name, problem }),
        () => {
          // The check is made again when the page is left, and says then that the catalog does not answer.
        },
      );
    }, TYPING_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [catalog, name]);
  return answer?.name === name ? answer.problem : undefined;
}

export const validateServiceName: CustomFieldValidator<string> = async (
  value,
  field,
  { apiHolder },
) => {
  const wrong = serviceNameProblem(value ?? '');
  if (wrong) {
    field.addError(wrong);
    return;
  }
  const catalog = apiHolder.get(catalogApiRef);
  const taken = catalog && (await takenNameProblem(catalog, value));
  if (taken) {
    field.addError(taken);
  }
};
