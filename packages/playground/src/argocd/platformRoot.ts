import fs from 'fs/promises';
import path from 'path';
import { parseAllDocuments } from 'yaml';
import type { GitStore, RepositoryId } from '../core';
import { yamlFilesBelow } from './manifestFiles';
import {
  parseDeclaration,
  type ApplicationDeclaration,
  type ApplicationSetDeclaration,
  type Declaration,
  type ProjectDeclaration,
} from './manifests';
import type { RepositoryServer } from './repositoryServer';
import { ARGOCD_NAMESPACE } from './resources';

/** What the repositories declare together. */
export interface Declared {
  readonly applications: readonly ApplicationDeclaration[];
  readonly applicationSets: readonly ApplicationSetDeclaration[];
  readonly projects: readonly ProjectDeclaration[];
}

const FOLDERS = [
  'argocd/projects',
  'argocd/applications',
  'argocd/applicationsets',
  'argocd/platform',
];

/** Declares the project of the platform, and an Application that reads the rest: that is done here already. */
const ROOT = 'argocd/root.yaml';

/**
 * Reads the `argocd/` folder of every repository named `*-deploy-config`, as the root application of a platform would.
 */
export class PlatformRoot {
  /** What each repository declares, and at which commit that was read. */
  private readonly known = new Map<
    string,
    { sha: string; declarations: Declaration[] }
  >();

  constructor(
    private readonly options: {
      git: GitStore;
      repositories: RepositoryServer;
      log: (message: string) => void;
    },
  ) {}

  /** Reads what has changed. A repository that cannot be read keeps what it declared before. */
  async read(): Promise<Declared> {
    const { git, log } = this.options;
    const repositories = (await git.list()).filter(({ name }) =>
      name.endsWith('-deploy-config'),
    );
    const present = new Set<string>();
    for (const repository of repositories) {
      const key = `${repository.owner}/${repository.name}`;
      present.add(key);
      try {
        const sha = await git.resolve(
          repository,
          await git.defaultBranch(repository),
        );
        if (sha === undefined) {
          this.known.delete(key);
        } else if (this.known.get(key)?.sha !== sha) {
          const declarations = await this.declarationsOf(repository, sha);
          this.known.set(key, { sha, declarations });
        }
      } catch (error) {
        log(`${key}: the folder argocd/ cannot be taken up: ${error}`);
      }
    }
    for (const key of this.known.keys()) {
      if (!present.has(key)) {
        this.known.delete(key);
      }
    }
    return this.together();
  }

  private together(): Declared {
    const all = [...this.known]
      .sort()
      .flatMap(([, { declarations }]) => declarations);
    const first = new Map<string, Declaration>();
    for (const declaration of all) {
      const key = `${declaration.kind} ${declaration.metadata.name}`;
      // The first repository that declares a name has it.
      if (!first.has(key)) {
        first.set(key, declaration);
      }
    }
    const declared = [...first.values()];
    return {
      applications: declared.filter(
        declaration => declaration.kind === 'Application',
      ),
      applicationSets: declared.filter(
        declaration => declaration.kind === 'ApplicationSet',
      ),
      projects: declared.filter(
        declaration => declaration.kind === 'AppProject',
      ),
    };
  }

  private async declarationsOf(
    repository: RepositoryId,
    sha: string,
  ): Promise<Declaration[]> {
    return await this.options.repositories.withTree(
      repository,
      sha,
      async root => {
        const folders = await Promise.all(
          FOLDERS.map(folder => yamlFilesBelow(path.join(root, folder))),
        );
        const read = async (file: string): Promise<Declaration[]> =>
          this.parse(
            await fs.readFile(path.join(root, file), 'utf8'),
            `${repository.name}/${file}`,
          );
        const declarations = await Promise.all(
          folders.flat().map(file => read(path.relative(root, file))),
        );
        const hasRoot = await fs
          .stat(path.join(root, ROOT))
          .then(() => true)
          .catch(() => false);
        const ofRoot = hasRoot ? await read(ROOT) : [];
        return [
          ...declarations.flat(),
          ...ofRoot.filter(({ kind }) => kind === 'AppProject'),
        ];
      },
    );
  }

  private parse(text: string, where: string): Declaration[] {
    return parseAllDocuments(text).flatMap((document): Declaration[] => {
      try {
        const [problem] = document.errors;
        if (problem) {
          throw problem;
        }
        const declaration = parseDeclaration(document.toJS());
        const { namespace = ARGOCD_NAMESPACE } = declaration.metadata;
        if (namespace !== ARGOCD_NAMESPACE) {
          throw new Error(`belongs to the namespace ${namespace}`);
        }
        return [declaration];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.options.log(`${where} is left out: ${reason}`);
        return [];
      }
    });
  }
}
