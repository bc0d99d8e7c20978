import { z } from 'zod';
import type {
  AppProjectSpec,
  ApplicationSetSpec,
  ApplicationSpec,
} from './resources';

// What people write into `argocd/` of a repository.

const metadata = z.object({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  finalizers: z.array(z.string()).optional(),
});

const destination = z.object({
  name: z.string().optional(),
  server: z.string().optional(),
  namespace: z.string().optional(),
});

const groupKind = z.object({
  group: z.string(),
  kind: z.string(),
  name: z.string().optional(),
});

const application = z.object({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('Application'),
  metadata,
  spec: z.looseObject({
    source: z.looseObject({
      repoURL: z.string(),
      path: z.string().optional(),
      targetRevision: z.string().optional(),
      kustomize: z
        .looseObject({
          images: z.array(z.string()).optional(),
          patches: z.array(z.unknown()).optional(),
        })
        .optional(),
      directory: z
        .looseObject({
          include: z.string().optional(),
          exclude: z.string().optional(),
          recurse: z.boolean().optional(),
        })
        .optional(),
    }),
    destination,
    project: z.string(),
    syncPolicy: z
      .looseObject({
        automated: z
          .object({
            prune: z.boolean().optional(),
            selfHeal: z.boolean().optional(),
            allowEmpty: z.boolean().optional(),
            enabled: z.boolean().optional(),
          })
          .optional(),
        syncOptions: z.array(z.string()).optional(),
        retry: z
          .object({
            limit: z.number().int().optional(),
            backoff: z
              .object({
                duration: z.string().optional(),
                factor: z.number().optional(),
                maxDuration: z.string().optional(),
              })
              .optional(),
          })
          .optional(),
      })
      .optional(),
    revisionHistoryLimit: z.number().int().optional(),
  }),
});

const appProject = z.object({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('AppProject'),
  metadata,
  spec: z.looseObject({
    sourceRepos: z.array(z.string()).optional(),
    destinations: z.array(destination).optional(),
    clusterResourceWhitelist: z.array(groupKind).optional(),
    clusterResourceBlacklist: z.array(groupKind).optional(),
    namespaceResourceWhitelist: z.array(groupKind).optional(),
    namespaceResourceBlacklist: z.array(groupKind).optional(),
  }),
});

const fields = z.record(z.string(), z.unknown());

const applicationSet = z.object({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('ApplicationSet'),
  metadata,
  spec: z.looseObject({
    goTemplate: z.boolean().optional(),
    goTemplateOptions: z.array(z.string()).optional(),
    generators: z.array(fields),
    template: fields,
    syncPolicy: z
      .looseObject({
        preserveResourcesOnDeletion: z.boolean().optional(),
        applicationsSync: z.string().optional(),
      })
      .optional(),
  }),
});

const manifest = z.discriminatedUnion('kind', [
  application,
  appProject,
  applicationSet,
]);

export type DeclaredMetadata = z.infer<typeof metadata>;

export interface ApplicationDeclaration {
  readonly kind: 'Application';
  readonly metadata: DeclaredMetadata;
  readonly spec: ApplicationSpec;
}

export interface ProjectDeclaration {
  readonly kind: 'AppProject';
  readonly metadata: DeclaredMetadata;
  readonly spec: AppProjectSpec;
}

export interface ApplicationSetDeclaration {
  readonly kind: 'ApplicationSet';
  readonly metadata: DeclaredMetadata;
  readonly spec: ApplicationSetSpec;
}

export type Declaration =
  | ApplicationDeclaration
  | ProjectDeclaration
  | ApplicationSetDeclaration;

/**
 * An Application, AppProject or ApplicationSet as written in a repository.
 *
 * @throws an error that says what is wrong with it.
 */
export function parseDeclaration(document: unknown): Declaration {
  const result = manifest.safeParse(document);
  if (!result.success) {
    throw new Error(z.prettifyError(result.error));
  }
  return result.data;
}
