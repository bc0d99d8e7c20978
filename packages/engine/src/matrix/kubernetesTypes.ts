import { z } from 'zod';

/**
 * The parts of Kubernetes objects that the matrix reads. An object that is not of this shape is read as far as it goes.
 */
const text = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
  lastTransitionTime: text,
});

const container = z.looseObject({ name: z.string(), image: text });

export type Container = z.infer<typeof container>;

export const podTemplateSchema = z.looseObject({
  spec: z.looseObject({
    containers: z.array(container).catch([]),
    securityContext: z.unknown().optional(),
  }),
});

export const workloadSchema = z.looseObject({
  spec: z.looseObject({
    replicas: count,
    template: podTemplateSchema,
    strategy: z.unknown().optional(),
    updateStrategy: z.unknown().optional(),
  }),
  status: z
    .looseObject({
      observedGeneration: count,
      replicas: count,
      readyReplicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      conditions: z.array(condition).optional().catch(undefined),
    })
    .optional(),
});

export type Workload = z.infer<typeof workloadSchema>;

const waiting = z.looseObject({ reason: text, message: text });
const terminated = z.looseObject({
  reason: text,
  message: text,
  exitCode: count,
  finishedAt: text,
});

const containerStatus = z.looseObject({
  name: z.string(),
  image: text,
  imageID: text,
  ready: z.boolean().catch(false),
  restartCount: z.number().catch(0),
  state: z
    .looseObject({
      waiting: waiting.optional(),
      terminated: terminated.optional(),
    })
    .optional()
    .catch(undefined),
  lastState: z
    .looseObject({ terminated: terminated.optional() })
    .optional()
    .catch(undefined),
});

export const podSchema = z.looseObject({
  spec: z.looseObject({ containers: z.array(container).catch([]) }),
  status: z
    .looseObject({
      phase: text,
      reason: text,
      message: text,
      startTime: text,
      conditions: z.array(condition).optional().catch(undefined),
      containerStatuses: z.array(containerStatus).optional().catch(undefined),
      initContainerStatuses: z
        .array(containerStatus)
        .optional()
        .catch(undefined),
    })
    .optional(),
});

export type Pod = z.infer<typeof podSchema>;

export const quotaSchema = z.looseObject({
  spec: z.looseObject({ hard: z.record(z.string(), z.string()).catch({}) }),
  status: z
    .looseObject({
      hard: z.record(z.string(), z.string()).optional().catch(undefined),
      used: z.record(z.string(), z.string()).optional().catch(undefined),
    })
    .optional(),
});

export const limitRangeSchema = z.looseObject({
  spec: z.looseObject({
    limits: z
      .array(
        z.looseObject({
          type: z.string(),
          default: z.record(z.string(), z.string()).optional(),
          defaultRequest: z.record(z.string(), z.string()).optional(),
        }),
      )
      .catch([]),
  }),
});

export const networkPolicySchema = z.looseObject({
  spec: z.looseObject({
    podSelector: z
      .looseObject({
        matchLabels: z.record(z.string(), z.string()).optional(),
        matchExpressions: z.array(z.unknown()).optional(),
      })
      .catch({}),
    policyTypes: z.array(z.string()).catch([]),
    ingress: z.array(z.unknown()).optional().catch(undefined),
    egress: z.array(z.unknown()).optional().catch(undefined),
  }),
});
