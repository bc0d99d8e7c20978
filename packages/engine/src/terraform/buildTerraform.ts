import { Intent } from '../intent';
import { JsonObject, isObject } from '../model/json';
import { backendOf, completed } from './backend';
import { Candidate, EMPTY } from './Candidate';
import { lastOf } from './configuration';
import { readModule } from './readModule';
import { readPlan } from './readPlan';
import { Repository } from './Repository';
import { TerraformFile, TerraformModel, TerraformRoot } from './types';

/** Roots, their variables, their state and their plans. */
export function buildTerraform(options: {
  intent: Intent;
  files?: readonly TerraformFile[];
  plans?: Readonly<Record<string, unknown>>;
}): TerraformModel | undefined {
  const { intent, files, plans = {} } = options;
  if (!files && Object.keys(plans).length === 0) {
    return undefined;
  }
  const repository = new Repository(intent, files ?? []);
  const candidates = repository.candidates();
  const planned = Object.keys(plans)
    .filter(name => !candidates.some(root => root.name === name))
    .map((name): Candidate => {
      const place = repository.placeOf(name);
      return {
        ...EMPTY,
        name,
        component: place.component,
        place: place.place ?? {
          word: name,
          environments: [],
          isPlatform: true,
        },
      };
    });
  return {
    roots: [...candidates, ...planned]
      .map(candidate => rootOf(repository, candidate, plans))
      .sort((left, right) => orderOf(intent, left) - orderOf(intent, right)),
    hasFiles: files !== undefined,
    files: files ?? [],
  };
}

function rootOf(
  repository: Repository,
  candidate: Candidate,
  plans: Readonly<Record<string, unknown>>,
): TerraformRoot {
  const { name, folder, place, files, tfvars } = candidate;
  const configuration = repository.configurationIn(folder);
  const isWritten = files.length > 0;
  const variables: JsonObject = Object.fromEntries(
    tfvars.flatMap(file =>
      isObject(file.json) ? Object.entries(file.json) : [],
    ),
  );
  const given = new Map(
    tfvars.flatMap(file =>
      Object.keys(isObject(file.json) ? file.json : {}).map(
        (key): [string, TerraformFile] => [key, file],
      ),
    ),
  );
  const read = readModule({
    folder,
    files: isWritten ? configuration : [],
    variables,
    given,
    ...(candidate.workspace === undefined
      ? {}
      : { workspace: candidate.workspace }),
    filesIn: other => repository.configurationIn(other),
  });
  const declared = isWritten ? backendOf(configuration) : undefined;
  const [completing] = candidate.backends;
  const backend =
    declared && completing ? completed(declared, completing) : declared;
  return {
    name,
    folder,
    place: place.word,
    component: candidate.component,
    environments: place.environments,
    isPlatform: place.isPlatform,
    files: new Map(files.map(file => [lastOf(file.name), file])),
    tfvars,
    variables,
    ...read,
    ...(backend ? { backend } : {}),
    isShared: candidate.isShared,
    ...(candidate.workspace === undefined
      ? {}
      : { workspace: candidate.workspace }),
    ...(candidate.notRead === undefined ? {} : { notRead: candidate.notRead }),
    ...(Object.hasOwn(plans, name)
      ? { plan: readPlan(name, plans[name]) }
      : {}),
  };
}

/** Platforms first, as they are provisioned first; then the promotion order. */
function orderOf(intent: Intent, root: TerraformRoot): number {
  return root.isPlatform
    ? -1
    : intent.environments.findIndex(
        ({ name }) => name === root.environments[0],
      );
}
