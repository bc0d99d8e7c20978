import { Intent } from '../intent';
import { buildModels } from '../model/environmentModel';
import { ManifestObject, parseManifests } from '../model/parseManifests';
import { buildTerraform } from '../terraform/buildTerraform';
import { TerraformFile } from '../terraform/types';
import { EnvironmentView, Pair, RuleContext } from './rule';
import { precedingEnvironment, rolesOf } from './view';

/** A text with the name by which findings point at it. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Says how the folder is applied, and is no object in it. */
const KUSTOMIZATION = /(^|\/)kustomization\.ya?ml$/i;

/** Reads everything that the rules look at. */
export function buildContext(options: {
  intent: Intent;
  manifests: Readonly<Record<string, readonly NamedText[]>>;
  now: string;
  argocd?: readonly NamedText[];
  undeclared?: readonly string[];
  organisation?: Intent['parity']['allow'];
  repository?: readonly NamedText[];
  infrastructure?: readonly TerraformFile[];
  plans?: Readonly<Record<string, unknown>>;
}): RuleContext {
  const {
    manifests,
    now,
    argocd,
    undeclared = [],
    organisation = [],
  } = options;
  const own = options.intent.parity.allow;
  const intent =
    organisation.length === 0
      ? options.intent
      : {
          ...options.intent,
          parity: {
            ...options.intent.parity,
            allow: [...own, ...organisation],
          },
        };
  const terraform = buildTerraform({
    intent,
    files: options.infrastructure,
    plans: options.plans,
  });
  const declared = intent.environments.map(({ name }) => name);
  const parsed = new Map<string, readonly ManifestObject[]>();
  for (const name of declared) {
    if (Object.hasOwn(manifests, name)) {
      parsed.set(name, parseManifests(manifests[name]));
    }
  }
  const models = buildModels(intent, parsed);
  const roles = rolesOf(intent);
  const environments = declared.flatMap((name): EnvironmentView[] => {
    const model = models.get(name);
    return model ? [{ ...model, name, role: roles.get(name) ?? 'dev' }] : [];
  });
  return {
    intent,
    ownExceptions: own,
    service: intent.metadata.name,
    now,
    ...(options.repository ? { repository: options.repository } : {}),
    ...(terraform ? { terraform } : {}),
    environments,
    missing: declared.filter(name => !parsed.has(name)),
    undeclared: [
      ...undeclared,
      ...Object.keys(manifests)
        .filter(name => !declared.includes(name))
        .map(name => `environment ${name}`),
    ],
    pairs: environments.flatMap(to => {
      const before = precedingEnvironment(intent, to.name);
      const from = environments.find(({ name }) => name === before);
      return from ? [pairOf(from, to)] : [];
    }),
    ...(argocd
      ? {
          argocd: parseManifests(
            argocd.filter(({ name }) => !KUSTOMIZATION.test(name)),
          ),
        }
      : {}),
  };
}

export function pairOf(from: EnvironmentView, to: EnvironmentView): Pair {
  return { from, to, strict: from.role !== 'dev' && to.role !== 'dev' };
}
