import path from 'path';
import { fileURLToPath } from 'url';
import {
  BackstageCredentials,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  DEFAULT_NAMESPACE,
  parseEntityRef,
  parseLocationRef,
} from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { RepositoryProbe } from '@envmatrix/backstage-plugin-environments-node';
import {
  loadDeployConfig,
  readTextFiles,
  loadInfrastructure,
  withTemporaryFiles,
} from '@envmatrix/checkout';
import { Intent, validateIntent, verify } from '@envmatrix/engine';
import {
  Dialect,
  environmentSummaries,
  intentFromAnswers,
  RenderedRepositories,
  RenderError,
  renderRepositories,
  RepositoryFile,
} from '@envmatrix/repositories';
import pLimit from 'p-limit';

const SKELETON = 'skeleton';

/** Rendering starts a program per environment; more at a time are not faster. */
const CONCURRENCY = 2;

type Problem = Preview['problems'][number];

/**
 * What an intent, or the wizard's answers, would give: before anything is created.
 */
export class PreviewService {
  readonly #catalog: CatalogService;
  readonly #urlReader: UrlReaderService;
  readonly #integrations: ScmIntegrations;
  readonly #probe: RepositoryProbe | undefined;
  readonly #defaultTemplate: string;
  readonly #limit = pLimit(CONCURRENCY);

  constructor(options: {
    catalog: CatalogService;
    urlReader: UrlReaderService;
    integrations: ScmIntegrations;
    probe: RepositoryProbe | undefined;
    /** Entity reference of the template that is used where none is named. */
    defaultTemplate: string;
  }) {
    this.#catalog = options.catalog;
    this.#urlReader = options.urlReader;
    this.#integrations = options.integrations;
    this.#probe = options.probe;
    this.#defaultTemplate = options.defaultTemplate;
  }

  async preview(
    request: {
      intent?: unknown;
      answers?: unknown;
      template?: string;
      signal?: AbortSignal;
    },
    credentials: BackstageCredentials,
  ): Promise<Preview> {
    const read = this.#intent(request);
    if (!read.ok) {
      return emptyPreview(read.value, read.problems);
    }
    const { intent } = read;
    const { signal, template = this.#defaultTemplate } = request;
    const [problems, skeleton] = await Promise.all([
      this.#problems(intent, credentials, signal),
      this.#skeleton(template, credentials),
    ]);
    let rendered: RenderedRepositories;
    try {
      rendered = renderRepositories({ intent, skeleton });
    } catch (error) {
      if (error instanceof RenderError) {
        return {
          ...emptyPreview(intent, [...problems, problemOf(error)]),
          environments: environmentSummaries(intent),
        };
      }
      throw error;
    }
    return {
      ...emptyPreview(intent, problems),
      environments: environmentSummaries(intent),
      repositories: [
        {
          kind: 'infrastructure',
          url: intent.repositories.infrastructure ?? '',
          files: rendered.infrastructure.map(fileOf),
        },
        {
          kind: 'deployConfig',
          url: intent.repositories.deployConfig ?? '',
          files: rendered.deployConfig.map(fileOf),
        },
      ],
      catalog: catalogOf(intent),
      ...(await this.#limit(() => judge(intent, rendered, signal))),
    };
  }

  #intent(request: {
    intent?: unknown;
    answers?: unknown;
  }):
    | { ok: true; intent: Intent }
    | { ok: false; value: unknown; problems: Problem[] } {
    let value = request.intent;
    try {
      value ??= intentFromAnswers(request.answers, {
        repositoryUrl: repository => this.#repositoryUrl(repository),
        dialectOf: host => this.#dialectOf(host),
      });
    } catch (error) {
      if (error instanceof RenderError) {
        return {
          ok: false,
          value: {},
          problems: [problemOf(error)],
        };
      }
      throw error;
    }
    const result = validateIntent(value);
    return result.ok
      ? { ok: true, intent: result.intent }
      : {
          ok: false,
          value,
          problems: result.problems.map(({ field, message }) => ({
            field,
            message,
          })),
        };
  }

  #repositoryUrl({
    host,
    owner,
    name,
  }: {
    host: string;
    owner: string;
    name: string;
  }): string {
    const { gitea, github, gitlab } = this.#integrations;
    const config =
      gitea.byHost(host)?.config ??
      gitlab.byHost(host)?.config ??
      github.byHost(host)?.config;
    if (!config) {
      throw new RenderError(
        'repos.host',
        `there is no Gitea, GitHub or GitLab integration for '${host}'`,
      );
    }
    const base =
      'baseUrl' in config && config.baseUrl
        ? config.baseUrl
        : `https://${host}`;
    const groups = owner.split('/').map(encodeURIComponent).join('/');
    return `${base}/${groups}/${encodeURIComponent(name)}`;
  }

  /** The dialect of a host's pipelines. */
  #dialectOf(host: string): Dialect | undefined {
    const type = this.#integrations.byHost(host)?.type;
    return type === 'gitea' || type === 'github' || type === 'gitlab'
      ? type
      : undefined;
  }

  async #problems(
    intent: Intent,
    credentials: BackstageCredentials,
    signal: AbortSignal | undefined,
  ): Promise<Problem[]> {
    const repositories = (['infrastructure', 'deployConfig'] as const).map(
      async (name): Promise<Problem[]> => {
        const url = intent.repositories[name];
        const message =
          url === undefined || !this.#probe
            ? undefined
            : await this.#probe.check({ url, signal });
        return message === undefined
          ? []
          : [{ field: `repositories.${name}`, message }];
      },
    );
    const { name, owner, system } = intent.metadata;
    const find = async (ref: string, kind: string) =>
      await this.#catalog.getEntityByRef(
        parseEntityRef(ref, {
          defaultKind: kind,
          defaultNamespace: DEFAULT_NAMESPACE,
        }),
        { credentials },
      );
    const missing = async (
      field: string,
      kind: string,
      ref: string | undefined,
    ): Promise<Problem[]> => {
      let found = ref === undefined;
      try {
        found ||= (await find(`${ref}`, kind)) !== undefined;
      } catch (error) {
        // Not a reference at all, or one that the catalog cannot look up now.
        return [{ field, message: `'${ref}': ${messageOf(error)}` }];
      }
      return found
        ? []
        : [{ field, message: `The catalog has no ${kind} '${ref}'` }];
    };
    const problems = await Promise.all([
      find(name, 'component').then((component): Problem[] =>
        component
          ? [
              {
                field: 'metadata.name',
                message: `The catalog has a component '${name}' already; choose another name`,
              },
            ]
          : [],
      ),
      missing('metadata.owner', 'group', owner),
      missing('metadata.system', 'system', system),
      ...repositories,
    ]);
    return problems.flat();
  }

  /** The skeleton beside the template, wherever the catalog has that from. */
  async #skeleton(
    template: string,
    credentials: BackstageCredentials,
  ): Promise<RepositoryFile[]> {
    const ref = parseEntityRef(template, { defaultKind: 'template' });
    if (ref.kind.toLocaleLowerCase('en-US') !== 'template') {
      throw new InputError(`'${template}' is not a template`);
    }
    const entity = await this.#catalog.getEntityByRef(ref, { credentials });
    const location = entity?.metadata.annotations?.[ANNOTATION_LOCATION];
    if (!location) {
      throw new NotFoundError(
        `There is no template ${template} in the catalog`,
      );
    }
    const { type, target } = parseLocationRef(location);
    switch (type) {
      case 'file': {
        const file = target.startsWith('file:')
          ? fileURLToPath(target)
          : target;
        try {
          return await readTextFiles(path.join(path.dirname(file), SKELETON));
        } catch {
          throw new NotFoundError(
            `The skeleton of ${template} cannot be read: there is no folder '${SKELETON}' beside it`,
          );
        }
      }
      case 'url': {
        const url = new URL(`${SKELETON}/`, target).toString();
        const tree = await this.#urlReader.readTree(url);
        const files = await tree.files();
        return await Promise.all(
          files.map(async file => ({
            path: file.path,
            content: (await file.content()).toString('utf8'),
          })),
        );
      }
      default:
        throw new InputError(
          `Template ${template} comes from a location of type '${type}', whose skeleton cannot be read`,
        );
    }
  }
}

async function judge(
  intent: Intent,
  rendered: RenderedRepositories,
  signal: AbortSignal | undefined,
): Promise<Pick<Preview, 'findings' | 'summary' | 'findingsUnknown'>> {
  const files = [
    ...within('deploy-config', rendered.deployConfig),
    ...within('infrastructure', rendered.infrastructure),
  ];
  return await withTemporaryFiles(files, async workspace => {
    const directory = path.join(workspace, 'deploy-config');
    const config = await loadDeployConfig({ directory, intent, signal });
    if (config.problems.length > 0) {
      return {
        findings: [],
        summary: { outcomes: {}, classes: {} },
        findingsUnknown: config.problems[0].problem,
      };
    }
    const { findings, summary } = verify({
      intent,
      manifests: config.manifests,
      argocd: config.argocd,
      repository: config.repository,
      undeclared: config.undeclared,
      infrastructure: await loadInfrastructure(
        path.join(workspace, 'infrastructure'),
      ),
      now: new Date().toISOString(),
    });
    return { findings, summary };
  });
}

function within(
  folder: string,
  files: readonly RepositoryFile[],
): RepositoryFile[] {
  return files.map(file => ({ ...file, path: `${folder}/${file.path}` }));
}

function emptyPreview(intent: unknown, problems: readonly Problem[]): Preview {
  return {
    intent,
    problems,
    environments: [],
    repositories: [],
    catalog: [],
    findings: [],
    summary: { outcomes: {}, classes: {} },
  };
}

function catalogOf(intent: Intent): string[] {
  return [
    `component ${intent.metadata.name}, owner ${intent.metadata.owner.replace(
      /^.*[:/]/,
      '',
    )}`,
    `${intent.environments.length} environments as resources`,
  ];
}

function fileOf({ path: file, content }: RepositoryFile) {
  return { path: file, content };
}

/** The field is said beside the message, not in it. */
function problemOf({ where, message }: RenderError): Problem {
  return { field: where, message: message.replace(`${where}: `, '') };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
