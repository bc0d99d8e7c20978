import fs from 'fs/promises';
import path from 'path';
import { parseAllDocuments } from 'yaml';
import type { GitStore, RepositoryId } from '../core';
import { parseDeclaration, type Declaration } from './manifests';
import type { RepositoryServer } from './repositoryServer';
import { ARGOCD_NAMESPACE } from './resources';

/** What the repositories declare together. */
export interface Declared {
  readonly applications: readonly Extract<
    Declaration,
    { kind: 'Application' }
  >[];
  readonly projects: readonly Extract<Declaration, { kind: 'AppProject' }>[];
}

const FOLDERS = ['argocd/projects', 'argocd/applications'];

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
    const applications = new Map<string, Declared['applications'][number]>();
    const projects = new Map<string, Declared['projects'][number]>();
    for (const [, { declarations }] of [...this.known].sort()) {
      for (const declaration of declarations) {
        const { name } = declaration.metadata;
        // The first repository that declares a name has it.
        if (declaration.kind === 'Application' && !applications.has(name)) {
          applications.set(name, declaration);
        } else if (declaration.kind === 'AppProject' && !projects.has(name)) {
          projects.set(name, declaration);
        }
      }
    }
    return {
      applications: [...applications.values()],
      projects: [...projects.values()],
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
        const declarations: Declaration[] = [];
        for (const folder of FOLDERS) {
          for (const file of await yamlFilesIn(path.join(root, folder))) {
            const text = await fs.readFile(file, 'utf8');
            const where = `${repository.name}/${path.relative(root, file)}`;
            declarations.push(...this.parse(text, where));
          }
        }
        return declarations;
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

async function yamlFilesIn(directory: string): Promise<string[]> {
  try {
    const entries = await fs.readdir(directory, {
      recursive: true,
      withFileTypes: true,
    });
    return entries
      .filter(entry => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map(entry => path.join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
