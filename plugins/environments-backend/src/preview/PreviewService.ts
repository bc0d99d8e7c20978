import path from 'path';
import { fileURLToPath } from 'url';
import {
  BackstageCredentials,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { ANNOTATION_LOCATION } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { RepositoryProbe } from '@envmatrix/backstage-plugin-environments-node';
import {
  loadDeployConfig,
  readTextFiles,
  withTemporaryFiles,
} from '@envmatrix/checkout';
import { Intent, validateIntent, verify } from '@envmatrix/engine';
import {
  environmentSummaries,
  intentFromAnswers,
  RenderedRepositories,
  RenderError,
  renderRepositories,
  RepositoryFile,
} from '@envmatrix/repositories';

/** The template of this suite; a fork names its own. */
const DEFAULT_TEMPLATE = 'template:default/multi-environment-service';

const SKELETON = 'skeleton';

type Problem = Preview['problems'][number];

/**
 * What an intent, or the wizard's answers, would give: before anything is created.
 */
export class PreviewService {
  readonly #catalog: CatalogService;
  readonly #urlReader: UrlReaderService;
  readonly #integrations: ScmIntegrations;
  readonly #probe: RepositoryProbe | undefined;

  constructor(options: {
    catalog: CatalogService;
    urlReader: UrlReaderService;
    integrations: ScmIntegrations;
    probe: RepositoryProbe | undefined;
  }) {
    this.#catalog = options.catalog;
    this.#urlReader = options.urlReader;
    this.#integrations = options.integrations;
    this.#probe = options.probe;
  }

  async preview(
    request: { intent?: unknown; answers?: unknown; template?: string },
    credentials: BackstageCredentials,
  ): Promise<Preview> {
    const read = this.#intent(request);
    if (!read.ok) {
      return emptyPreview(read.value, read.problems);
    }
    const { intent } = read;
    const [problems, skeleton] = await Promise.all([
      this.#problems(intent, credentials),
      this.#skeleton(request.template ?? DEFAULT_TEMPLATE, credentials),
    ]);
    let rendered: RenderedRepositories;
    try {
      rendered = renderRepositories({ intent, skeleton });
    } catch (error) {
      if (error instanceof RenderError) {
        return {
          ...emptyPreview(intent, [
            ...problems,
            { field: error.where, message: error.message },
          ]),
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
      ...(await judge(intent, rendered)),
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
      });
    } catch (error) {
      if (error instanceof RenderError) {
        return {
          ok: false,
          value: {},
          problems: [{ field: error.where, message: error.message }],
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
    const integration = this.#integrations.gitea.byHost(host);
    if (!integration) {
      throw new RenderError(
        'repos.host',
        `there is no Gitea integration for '${host}'`,
      );
    }
    return `${
      integration.config.baseUrl ?? `https://${host}`
    }/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  }

  async #problems(
    intent: Intent,
    credentials: BackstageCredentials,
  ): Promise<Problem[]> {
    const repositories = (['infrastructure', 'deployConfig'] as const).map(
      async (name): Promise<Problem[]> => {
        const url = intent.repositories[name];
        const message =
          url === undefined || !this.#probe
            ? undefined
            : await this.#probe.check({ url });
        return message === undefined
          ? []
          : [{ field: `repositories.${name}`, message }];
      },
    );
    const { name, owner, system } = intent.metadata;
    const [component, ownerEntity, systemEntity] = await Promise.all([
      this.#catalog.getEntityByRef(
        { kind: 'Component', namespace: 'default', name },
        { credentials },
      ),
      this.#catalog
        .getEntityByRef(owner, { credentials })
        .catch(() => undefined),
      system === undefined
        ? undefined
        : this.#catalog
            .getEntityByRef(
              system.includes(':') ? system : `system:default/${system}`,
              { credentials },
            )
            .catch(() => undefined),
    ]);
    return [
      ...(component
        ? [
            {
              field: 'metadata.name',
              message: `The catalog has a component '${name}' already; choose another name`,
            },
          ]
        : []),
      ...(ownerEntity
        ? []
        : [
            {
              field: 'metadata.owner',
              message: `The catalog has no '${owner}'`,
            },
          ]),
      ...(system === undefined || systemEntity
        ? []
        : [
            {
              field: 'metadata.system',
              message: `The catalog has no system '${system}'`,
            },
          ]),
      ...(await Promise.all(repositories)).flat(),
    ];
  }

  /** The skeleton beside the template, wherever the catalog has that from. */
  async #skeleton(
    template: string,
    credentials: BackstageCredentials,
  ): Promise<RepositoryFile[]> {
    const entity = await this.#catalog.getEntityByRef(template, {
      credentials,
    });
    const location = entity?.metadata.annotations?.[ANNOTATION_LOCATION];
    if (!location) {
      throw new NotFoundError(
        `There is no template ${template} in the catalog`,
      );
    }
    const [type, target] = [
      location.slice(0, location.indexOf(':')),
      location.slice(location.indexOf(':') + 1),
    ];
    if (type === 'file') {
      const file = target.startsWith('file:') ? fileURLToPath(target) : target;
      return await readTextFiles(path.join(path.dirname(file), SKELETON));
    }
    if (type !== 'url') {
      throw new InputError(
        `Template ${template} comes from a location of type '${type}', whose skeleton cannot be read`,
      );
    }
    const tree = await this.#urlReader.readTree(
      new URL(`${SKELETON}/`, target).toString(),
    );
    return await Promise.all(
      (
        await tree.files()
      ).map(async file => ({
        path: file.path,
        content: (await file.content()).toString('utf8'),
      })),
    );
  }
}

async function judge(
  intent: Intent,
  rendered: RenderedRepositories,
): Promise<Pick<Preview, 'findings' | 'summary' | 'findingsUnknown'>> {
  return await withTemporaryFiles(rendered.deployConfig, async directory => {
    const config = await loadDeployConfig({ directory, intent });
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
      now: new Date().toISOString(),
    });
    return { findings, summary };
  });
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
