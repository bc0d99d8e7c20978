import { Intent } from '../intent';
import { isObject } from '../model/json';
import { backendOf, isBackendFile } from './backend';
import { inOrder, isCommon, isLoaded } from './variableFiles';
import {
  CONFIGURATION,
  VARIABLES,
  configurationOf,
  folderOf,
  lastOf,
  pathInside,
  writtenBlocks,
} from './configuration';
import { Candidate, NO_ROOT, OfEnvironment } from './Candidate';
import { ownersOf } from './ownersOf';
import { Place, placeFinder } from './places';
import { terragruntIn } from './terragruntIn';
import { TerraformFile } from './types';

/** The files by their folders, and what the folders are. */
export class Repository {
  private readonly folders = new Map<string, TerraformFile[]>();
  private readonly configurations = new Map<string, readonly TerraformFile[]>();
  private readonly places: ReturnType<typeof placeFinder>;
  /** Folders that others use as a module. */
  private readonly used = new Set<string>();
  /** For each folder the one with Terraform that its files are for. */
  private readonly owners: ReadonlyMap<string, string>;

  constructor(
    private readonly intent: Intent,
    files: readonly TerraformFile[],
  ) {
    this.places = placeFinder(intent);
    for (const file of files) {
      const folder = folderOf(file.name);
      const inside = this.folders.get(folder) ?? [];
      inside.push(file);
      this.folders.set(folder, inside);
    }
    for (const [folder, inside] of this.folders) {
      if (inside.some(({ name }) => CONFIGURATION.test(name))) {
        const configuration = configurationOf(inside);
        this.configurations.set(folder, configuration);
        for (const { body } of writtenBlocks(configuration, 'module')) {
          if (
            typeof body.source === 'string' &&
            /^\.\.?(\/|$)/.test(body.source)
          ) {
            const used = pathInside(folder, body.source);
            if (used !== undefined) {
              this.used.add(used);
            }
          }
        }
      }
    }
    this.owners = ownersOf(
      [...this.folders.keys()],
      [...this.configurations.keys()],
      this.used,
    );
  }

  configurationIn(folder: string): readonly TerraformFile[] {
    return this.configurations.get(folder) ?? [];
  }

  /** The word of a path by which it is that of an environment, and the path without it. */
  placeOf(path: string): { place?: Place; component: string; at: number } {
    const parts = path.split('/');
    for (const find of [this.places.exactly, this.places.within]) {
      for (let at = parts.length - 1; at >= 0; at -= 1) {
        const place = find(parts[at]);
        if (place) {
          const component = parts
            .map((part, index) => (index === at ? '*' : part))
            .join('/');
          return { place, component, at };
        }
      }
    }
    return { component: path, at: -1 };
  }

  candidates(): Candidate[] {
    const found = [...this.folders].flatMap(([folder, inside]) =>
      this.isRoot(folder) ? this.rootsIn(folder, inside) : [],
    );
    const terragrunt = [...this.folders].flatMap(([folder, inside]) =>
      terragruntIn({
        folder,
        inside,
        folders: this.folders,
        found: this.placeOf(folder),
        isRoot: this.isRoot(folder),
      }),
    );
    const all = [...found, ...terragrunt];
    // The same short name twice is no name.
    return all.map(candidate =>
      all.some(other => other !== candidate && other.name === candidate.name) &&
      candidate.folder !== ''
        ? {
            ...candidate,
            name: candidate.isShared
              ? `${candidate.folder}/${candidate.name}`
              : candidate.folder,
          }
        : candidate,
    );
  }

  /** A folder is a root when it keeps a state, names an environment, or configures a provider, and nothing uses it as a module. */
  private isRoot(folder: string): boolean {
    const files = this.configurationIn(folder);
    if (files.length === 0 || NO_ROOT.test(`${folder}/`)) {
      return false;
    }
    if (backendOf(files) !== undefined) {
      return true;
    }
    return (
      !this.used.has(folder) &&
      (this.placeOf(folder).place !== undefined ||
        /(^|\/)(environments|envs|live)\/[^/]+$/.test(folder) ||
        this.variableFilesOf(folder).size > 0 ||
        files.some(({ json }) => isObject(json) && 'provider' in json))
    );
  }

  private rootsIn(
    folder: string,
    inside: readonly TerraformFile[],
  ): Candidate[] {
    const files = this.configurationIn(folder);
    const lock = inside.filter(({ name }) => name.endsWith('.lock.hcl'));
    const { place, component, at } = this.placeOf(folder);
    const beside = inside.filter(
      ({ name }) => VARIABLES.test(name) && !isBackendFile(name),
    );
    const own = {
      folder,
      files: [...files, ...lock],
      component,
      isShared: false,
    };
    if (place) {
      return [
        {
          ...own,
          name: folder.split('/').slice(at).join('/'),
          place: { ...place, word: folder.split('/')[at] },
          tfvars: inOrder(
            beside.filter(file => this.isApplied(file, place)),
            folder.split('/')[at],
          ),
          backends: inside.filter(isBackend),
        },
      ];
    }
    const several = this.severalIn(folder, files);
    if (several.size === 0) {
      const word = lastOf(folder);
      const platform = { word, environments: [], isPlatform: true };
      return [
        {
          ...own,
          name: word,
          place: platform,
          tfvars: inOrder(
            beside.filter(file => this.isApplied(file, platform)),
            word,
          ),
          backends: inside.filter(isBackend),
        },
      ];
    }
    const common = [
      ...beside.filter(({ name }) => isLoaded(name) || isCommon(name)),
      ...this.commonBeside(folder, [...several.values()]),
    ].filter(
      ({ name }) =>
        this.placeOf(lastOf(name).split('.')[0]).place === undefined,
    );
    return [...several.values()].map(({ place: served, tfvars, backends }) => ({
      ...own,
      component: folder,
      name: served.word,
      place: served,
      tfvars: [...inOrder(common, ''), ...inOrder(tfvars, served.word)],
      backends,
      isShared: true,
      ...(usesWorkspace(files) ? { workspace: served.word } : {}),
    }));
  }

  /** Whether a file in the folder of a place is taken: without being told to, for every place, or by the name of this one. */
  private isApplied({ name }: TerraformFile, place: Place): boolean {
    const [word] = lastOf(name).split('.');
    const named = this.placeOf(word).place;
    return (
      isLoaded(name) ||
      word === place.word ||
      (named === undefined
        ? isCommon(name)
        : named.target === place.target &&
          named.environments.join() === place.environments.join())
    );
  }

  /** Files for every place that stand beside, or above, those for one: `vars/common.tfvars` and `vars/prod.tfvars`. */
  private commonBeside(
    folder: string,
    several: readonly OfEnvironment[],
  ): readonly TerraformFile[] {
    const theirs = several.flatMap(({ tfvars }) =>
      tfvars.map(({ name }) => folderOf(name)),
    );
    return [...this.folders]
      .filter(
        ([other]) =>
          other !== folder &&
          this.owners.get(other) === folder &&
          theirs.some(one => one === other || one.startsWith(`${other}/`)),
      )
      .flatMap(([, inside]) => inside)
      .filter(
        ({ name }) =>
          VARIABLES.test(name) &&
          !isBackendFile(name) &&
          !isLoaded(name) &&
          isCommon(name),
      );
  }

  /** The environments that one folder is applied for: by a file of variables, or by a workspace. */
  private severalIn(folder: string, files: readonly TerraformFile[]) {
    const found = this.variableFilesOf(folder);
    if (found.size === 0 && usesWorkspace(files)) {
      for (const { name } of this.intent.environments) {
        found.set(name, {
          place: { word: name, environments: [name], isPlatform: false },
          tfvars: [],
          backends: [],
        });
      }
    }
    return found;
  }

  /** Files of variables, and of backends, that are for one environment of a folder. */
  private variableFilesOf(folder: string) {
    const found = new Map<string, OfEnvironment>();
    for (const [other, inside] of this.folders) {
      if (this.owners.get(other) === folder) {
        for (const file of inside) {
          const isOfBackend = isBackendFile(file.name);
          const path = file.name
            .slice(folder === '' ? 0 : folder.length + 1)
            .replace(
              /\.(auto\.tfvars|tfvars|tfbackend|hcl|conf|config)(\.json)?$/,
              '',
            );
          const { place } = this.placeOf(
            folder === '' || file.name.startsWith(`${folder}/`)
              ? path
              : file.name,
          );
          if (
            place &&
            (isOfBackend ? isBackend(file) : VARIABLES.test(file.name))
          ) {
            const key = place.target ?? place.environments.join();
            const entry = found.get(key) ?? { place, tfvars: [], backends: [] };
            (isOfBackend ? entry.backends : entry.tfvars).push(file);
            found.set(key, entry);
          }
        }
      }
    }
    return [...found.values()].some(({ tfvars }) => tfvars.length > 0) ||
      found.size > 1
      ? found
      : new Map<string, OfEnvironment>();
  }
}

/** A file that completes a backend; one that is not read, as it is for something else, does not. */
function isBackend({ name, json }: TerraformFile): boolean {
  return isBackendFile(name) && json !== undefined;
}

function usesWorkspace(files: readonly TerraformFile[]): boolean {
  return files.some(({ text }) =>
    /^[^#\n]*\bterraform\.workspace\b/m.test(text),
  );
}
