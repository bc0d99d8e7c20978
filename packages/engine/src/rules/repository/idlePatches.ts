import { objectAt, objectsAt, stringAt } from '../../model/json';
import { EnvironmentView, RuleContext, Verdict } from '../rule';
import { onFile, RepositoryText } from './files';

/** Patches of an overlay whose `target` fits none of the rendered objects. What a patch deletes or renames is not there to be found. */
export function idlePatches(
  context: RuleContext,
  file: RepositoryText,
  value: object,
  environment: EnvironmentView | undefined,
): Verdict[] {
  if (!environment || 'namePrefix' in value || 'nameSuffix' in value) {
    return [];
  }
  const objects = [...environment.objects.values()];
  return objectsAt(value, 'patches').flatMap(entry => {
    const target = objectAt(entry, 'target');
    const kind = stringAt(target, 'kind');
    const name = stringAt(target, 'name');
    const text = stringAt(entry, 'patch') ?? textOf(context, file, entry);
    if (
      kind === undefined ||
      /\$patch: *delete|\/metadata\/name\b/.test(text)
    ) {
      return [];
    }
    const fits = objects.some(
      ({ source }) =>
        isMatch(kind, stringAt(source.value, 'kind')) &&
        (name === undefined ||
          isMatch(name, stringAt(source.value, 'metadata', 'name'))),
    );
    const wanted = name === undefined ? kind : `${kind} ${name}`;
    return fits
      ? []
      : [
          onFile(context, file, {
            near: `kind: ${kind}`,
            environments: [environment.name],
            reason: `Nothing in ${environment.name} is a ${wanted}, so the patch has no effect`,
          }),
        ];
  });
}

/** The text of a patch in a file of its own. */
function textOf(
  context: RuleContext,
  file: RepositoryText,
  entry: object,
): string {
  const folder = file.name.replace(/[^/]*$/, '');
  const path = stringAt(entry, 'path') ?? '';
  return (
    context.repository?.find(({ name }) => name === `${folder}${path}`)?.text ??
    ''
  );
}

/** Kustomize reads the fields of a target as expressions of the whole. */
function isMatch(expression: string, text: string | undefined): boolean {
  try {
    return new RegExp(`^(?:${expression})$`).test(text ?? '');
  } catch {
    return expression === text;
  }
}
