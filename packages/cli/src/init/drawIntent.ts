import { validateIntent } from '@envmatrix/engine';
import { Document, isMap, isScalar, isSeq } from 'yaml';
import { InputProblem } from '../InputProblem';
import {
  applicationsIn,
  FoundApplication,
  kustomizationOf,
} from './applications';
import {
  environmentsIn,
  FoundEnvironment,
  isGuess,
  isProduction,
} from './layout';

/** Something that the repository does not say, at the place where it was guessed. */
interface Guess {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

/**
 * The intent that repositories which exist already stand for, as text for a person to finish: what is not in them is guessed, and
 * a comment says so.
 *
 * @throws {@link InputProblem} where the folders do not tell environments apart.
 */
export function drawIntent(files: Readonly<Record<string, string>>): string {
  const environments = environmentsIn(Object.keys(files));
  const applications = applicationsIn(files);
  const guesses: Guess[] = [];
  const service = serviceOf(environments, guesses);
  const production = productionOf(environments, guesses);
  const places = environments.map((environment, index) => {
    const own = applications.filter(({ path }) =>
      environment.folders.includes(path),
    );
    return placeOf(files, environment, own, {
      index,
      service,
      isProduction: environment.name === production,
      guesses,
    });
  });
  const image = imageOf(files, environments);
  const repository = applications.find(entry => entry.repository)?.repository;
  const value = {
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: service, owner: 'group:default/unknown' },
    isolation: 'custom',
    clusters: [...new Set(places.map(({ cluster }) => cluster))].map(
      cluster => ({
        name: cluster,
        environments: places
          .filter(place => place.cluster === cluster)
          .map(({ name }) => name),
        argocd: { instance: 'main', destination: cluster },
      }),
    ),
    environments: places.map((place, index) => ({
      name: place.name,
      level: index + 1,
      kind: place.name === production ? 'production' : 'non-production',
      cluster: place.cluster,
      namespace: place.namespace,
      delivery:
        index === 0
          ? { sync: place.sync }
          : {
              sync: place.sync,
              from: places[index - 1].name,
              way: place.name === production ? 'pull-request' : 'commit',
            },
    })),
    ...(repository && /^https?:/.test(repository)
      ? { repositories: { deployConfig: repository.replace(/\.git$/, '') } }
      : {}),
    service: image === undefined ? {} : { image },
    parity: { allow: [] },
  };
  guesses.push(
    { path: ['metadata', 'owner'], what: 'who answers for it?' },
    {
      path: ['isolation'],
      what: 'shared-nonprod, separate or namespaces, if it is one of these',
    },
  );
  const result = validateIntent(value);
  if (!result.ok) {
    const [{ field, message }] = result.problems;
    throw new InputProblem(
      `what was found makes no intent: ${field} ${message}; rename what is in the way, or write environments.yaml by hand`,
    );
  }
  return written(value, guesses);
}

/** The service that the folders are of: the one that all environments have, else the name of the first. */
function serviceOf(
  environments: readonly FoundEnvironment[],
  guesses: Guess[],
): string {
  const names = [
    ...new Set(
      environments.flatMap(({ folders }) =>
        folders.map(folder => folder.split('/').at(-3)),
      ),
    ),
  ].filter((name): name is string => name !== undefined && name !== '.');
  if (names.length !== 1) {
    guesses.push({
      path: ['metadata', 'name'],
      what:
        names.length === 0
          ? 'the folders do not say what the service is called'
          : `one of ${names.join(', ')}: the others are looked at with it`,
    });
  }
  return names[0] ?? 'service';
}

/** Production by its name, else the last one. */
function productionOf(
  environments: readonly FoundEnvironment[],
  guesses: Guess[],
): string {
  environments.forEach(({ name }, index) => {
    if (isGuess(name)) {
      guesses.push({
        path: ['environments', index, 'name'],
        what: 'is this its place in the order of promotion?',
      });
    }
  });
  const named = environments.filter(({ name }) => isProduction(name));
  const last = environments.length - 1;
  if (named.length === 0) {
    guesses.push({
      path: ['environments', last, 'kind'],
      what: 'no name says production; this is the last one',
    });
  }
  return (named.at(-1) ?? environments[last]).name;
}

function placeOf(
  files: Readonly<Record<string, string>>,
  environment: FoundEnvironment,
  applications: readonly FoundApplication[],
  options: {
    index: number;
    service: string;
    isProduction: boolean;
    guesses: Guess[];
  },
) {
  const { index, service, guesses } = options;
  const [first] = applications;
  const kustomization = environment.folders
    .map(folder => kustomizationOf(fileIn(files, folder)))
    .find(({ namespace }) => namespace !== undefined);
  const at = (field: string, what: string) =>
    guesses.push({ path: ['environments', index, field], what });
  const namespace = kustomization?.namespace ?? first?.namespace;
  if (namespace === undefined) {
    at('namespace', 'neither a kustomization nor an Application names it');
  }
  const cluster = clusterName(first?.cluster);
  if (cluster === undefined) {
    at('cluster', 'no Application says where it runs');
  }
  if (!first) {
    at('delivery', 'no Application says how it is synced');
  }
  const isAutomatic = first?.isAutomatic ?? !options.isProduction;
  return {
    name: environment.name,
    namespace: namespace ?? `${service}-${environment.name}`,
    cluster: cluster ?? (options.isProduction ? 'prod' : 'nonprod'),
    sync: isAutomatic ? 'automatic' : 'manual',
  };
}

/** `https://nonprod.example.com:6443` is nonprod.example.com; Argo CD's own cluster is in-cluster. */
function clusterName(destination: string | undefined): string | undefined {
  if (destination === undefined || !destination.includes('://')) {
    return destination;
  }
  return destination.includes('kubernetes.default.svc')
    ? 'in-cluster'
    : destination.replace(/^\w+:\/\//, '').replace(/[:/].*$/, '');
}

function fileIn(
  files: Readonly<Record<string, string>>,
  folder: string,
): string | undefined {
  return ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
    .map(name => files[`${folder}/${name}`])
    .find(text => text !== undefined);
}

/** The image that the overlays set a tag of. */
function imageOf(
  files: Readonly<Record<string, string>>,
  environments: readonly FoundEnvironment[],
): string | undefined {
  const images = environments.flatMap(({ folders }) =>
    folders.flatMap(folder => kustomizationOf(fileIn(files, folder)).images),
  );
  const names = [
    ...new Set(images.map(({ name, newName }) => newName ?? name)),
  ].filter(name => name.includes('/'));
  return names.length === 1 ? names[0] : undefined;
}

function written(value: object, guesses: readonly Guess[]): string {
  const document = new Document(value);
  document.commentBefore = ` Drawn from the repository by "environments init". Lines with a question are guesses: answer them, and run
 "environments verify" until what is wrong is wrong, and not merely guessed.`;
  for (const { path, what } of guesses) {
    const parent = document.getIn(path.slice(0, -1), true);
    const key = path.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find(
        item => isScalar(item.key) && item.key.value === key,
      );
      if (pair && isScalar(pair.key)) {
        pair.key.commentBefore = ` ? ${what}`;
      }
    } else if (isSeq(parent)) {
      parent.commentBefore = ` ? ${what}`;
    }
  }
  return document.toString({ lineWidth: 0 });
}
