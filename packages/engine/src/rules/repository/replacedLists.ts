import { JsonObject, isObject, objectAt, stringAt } from '../../model/json';
import { readYaml } from '../../model/readYaml';
import { EnvironmentView, RuleContext, Verdict } from '../rule';
import { onFile, RepositoryText, yamlFiles } from './files';

/** Groups whose lists Kustomize knows the keys of, beside those without a dot. */
const BUILT_IN =
  /^(networking|rbac\.authorization|storage|scheduling|coordination|discovery|events|node|certificates|admissionregistration|apiextensions|apiregistration|flowcontrol\.apiserver)\.k8s\.io$/;

/** What tells the entries of a list apart. */
const KEYS = ['name', 'secretKey', 'key', 'port'];

interface Patch {
  /** Where the patch stands. */
  readonly file: RepositoryText;
  readonly value: JsonObject;
}

/**
 * Strategic patches of custom resources that leave out entries of a list: Kustomize, which does not know by what such
 * lists are keyed, puts the list of the patch in the place of the whole.
 */
export function replacedLists(
  context: RuleContext,
  file: RepositoryText,
  value: JsonObject,
  environment: EnvironmentView | undefined,
): Verdict[] {
  if ('openapi' in value) {
    // It says what the keys are.
    return [];
  }
  return patchesOf(context, file, value)
    .filter(patch => isCustom(patch.value))
    .flatMap(patch =>
      listsOf(patch.value).flatMap(({ path, list }) => {
        const lost = lostEntries(context, patch, path, list);
        const kind = stringAt(patch.value, 'kind');
        return lost.length === 0
          ? []
          : [
              onFile(context, patch.file, {
                outcome: 'warn',
                near: `${path.at(-1)}:`,
                ...(environment ? { environments: [environment.name] } : {}),
                reason: `The patch replaces the whole list /${path.join(
                  '/',
                )} of ${kind} ${stringAt(
                  patch.value,
                  'metadata',
                  'name',
                )}, and ${lost.join(', ')} is gone`,
                remedy: `Kustomize does not know what the entries of a list of ${kind} are called: use a patch of operations (op: add, path: /${path.join(
                  '/',
                )}/-), or give the list as a whole.`,
              }),
            ];
      }),
    );
}

function patchesOf(
  context: RuleContext,
  file: RepositoryText,
  value: JsonObject,
): Patch[] {
  const folder = file.name.replace(/[^/]*$/, '');
  const entries = ['patches', 'patchesStrategicMerge'].flatMap(field => {
    const list = value[field];
    return Array.isArray(list) ? list : [];
  });
  return entries.flatMap(entry => {
    const inline =
      typeof entry === 'string' && entry.includes('\n')
        ? entry
        : isObject(entry) && stringAt(entry, 'patch');
    if (typeof inline === 'string') {
      return mappingsOf(inline).map(patch => ({ file, value: patch }));
    }
    const path = isObject(entry) ? stringAt(entry, 'path') : entry;
    const own = context.repository?.find(
      ({ name }) => name === `${folder}${path}`,
    );
    return own
      ? mappingsOf(own.text).map(patch => ({ file: own, value: patch }))
      : [];
  });
}

/** The documents of a patch that are no list of operations, and do not say that they mean to replace or delete. */
function mappingsOf(text: string): JsonObject[] {
  // Most patches are of kinds that Kustomize knows, and need not be read.
  if (/\$patch:/.test(text) || !/\bapiVersion: *\S+\.\S+\//.test(text)) {
    return [];
  }
  try {
    return readYaml({ name: 'patch', text })
      .documents.map(({ value }) => value)
      .filter(isObject);
  } catch {
    // For Kustomize to tell.
    return [];
  }
}

function isCustom(patch: JsonObject): boolean {
  const [group, version] = (stringAt(patch, 'apiVersion') ?? '').split('/');
  return version !== undefined && group.includes('.') && !BUILT_IN.test(group);
}

/** Lists of mappings that are in no other list. */
function listsOf(
  value: JsonObject,
  at: readonly string[] = [],
): { path: readonly string[]; list: readonly JsonObject[] }[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, key];
    if (Array.isArray(inner)) {
      return [{ path, list: inner.filter(isObject) }];
    }
    return isObject(inner) ? listsOf(inner, path) : [];
  });
}

/** What entries of the list are called that stand in the object itself, and not in the patch. */
function lostEntries(
  context: RuleContext,
  patch: Patch,
  path: readonly string[],
  list: readonly JsonObject[],
): string[] {
  const app = patch.file.name.replace(/(overlays|components|base)\/.*$/, '');
  const kept = list.map(nameOf);
  return yamlFiles(context, /\.ya?ml$/, stringAt(patch.value, 'kind'))
    .filter(
      ({ file, value }) =>
        // Patches stand in overlays and components too; a patch is no word on what another one lacks.
        !/(^|\/)(overlays|components)\//.test(file.name) &&
        file.name !== patch.file.name &&
        file.name.startsWith(app) &&
        isSame(value, patch.value),
    )
    .flatMap(({ value }) => {
      const whole = objectAt(value, ...path.slice(0, -1))[path.at(-1) ?? ''];
      return Array.isArray(whole) ? whole.filter(isObject) : [];
    })
    .flatMap(entry => nameOf(entry) ?? [])
    .filter((name, index, all) => all.indexOf(name) === index)
    .filter(name => !kept.includes(name));
}

function isSame(left: JsonObject, right: JsonObject): boolean {
  return [['kind'], ['metadata', 'name']].every(
    path => stringAt(left, ...path) === stringAt(right, ...path),
  );
}

function nameOf(entry: JsonObject): string | undefined {
  return KEYS.map(key => stringAt(entry, key)).find(name => name !== undefined);
}
