import { ReactNode, useEffect, useRef } from 'react';
import { LayoutTemplate } from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { answersOf, isRecord } from './answers';
import fieldStyles from './Field.module.css';
import { FieldGroup, groupsOf, isShown, isWide } from './pageLayout';
import styles from './PageTemplate.module.css';
import { takeWantedField } from './wantedField';

type Props = Parameters<Extract<LayoutTemplate, (props: never) => unknown>>[0];

/** Lays the fields of a page out: columns where there is room, groups with a heading, folds for what few people need. */
export function PageTemplate(props: Props) {
  const { properties, schema, uiSchema, errorSchema } = props;
  // The form would give an object without a title the name of its property.
  const { title, description } = schema;
  const page = useWantedField();
  const answers = answersOf(props.formContext);
  const shown = properties
    .map(({ name }) => name)
    .filter(name => isShown(uiSchema, name, answers));
  const contentOf = (name: string) =>
    properties.find(property => property.name === name)?.content;
  const hasError = (name: string) =>
    isRecord(errorSchema) && hasErrors(errorSchema[name]);
  return (
    <div className={`${scopeClass} ${styles.page}`} ref={page}>
      {title && <h4 className={fieldStyles.question}>{title}</h4>}
      {description && <p className={styles.hint}>{description}</p>}
      {groupsOf(uiSchema, shown).map((group, index) => (
        <Group
          key={group.title ?? index}
          group={group}
          isOpen={group.fields.some(hasError)}
        >
          {group.fields.map(name => (
            <div
              key={name}
              data-answer={name}
              className={isWide(schema, uiSchema, name) ? styles.wide : ''}
            >
              {contentOf(name)}
            </div>
          ))}
        </Group>
      ))}
    </div>
  );
}

function Group(props: {
  group: FieldGroup;
  /** Something in it is wrong, and has to be seen. */
  isOpen: boolean;
  children: ReactNode;
}) {
  const { group, isOpen, children } = props;
  const fields = <div className={styles.fields}>{children}</div>;
  const hint = group.hint && <p className={styles.hint}>{group.hint}</p>;
  if (group.isFolded) {
    return (
      <details className={styles.fold} {...(isOpen ? { open: true } : {})}>
        <summary>
          <span className={styles.foldTitle}>{group.title}</span>
          {group.hint && <span className={styles.foldHint}>{group.hint}</span>}
        </summary>
        {fields}
      </details>
    );
  }
  return (
    <section className={styles.group}>
      {group.title && <h3 className={fieldStyles.title}>{group.title}</h3>}
      {hint}
      {fields}
    </section>
  );
}

/** Leads to the field that somebody came to the page for. */
function useWantedField() {
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const field = page.current && takeWantedField(page.current);
    if (!field) {
      return;
    }
    field.closest('details')?.setAttribute('open', '');
    field.scrollIntoView?.({ block: 'center' });
    field
      .querySelector<HTMLElement>(
        '[aria-invalid="true"], input, select, button',
      )
      ?.focus({ preventScroll: true });
  }, []);
  return page;
}

function hasErrors(errors: unknown): boolean {
  return (
    isRecord(errors) &&
    Object.entries(errors).some(([name, entry]) =>
      name === '__errors'
        ? Array.isArray(entry) && entry.length > 0
        : hasErrors(entry),
    )
  );
}
