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
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      currentNumberScheduled: count,
      numberAvailable: count,
      conditions: z.array(condition).optional().catch(undefined),
    })
    .optional(),
});

export type Workload = z.infer<typeof workloadSchema>;

const flag = z.boolean().optional().catch(undefined);

/** What an Argo Rollout has beside what every workload has. Source: API `argoproj.io/v1alpha1`. */
export const rolloutSchema = z.looseObject({
  metadata: z.looseObject({
    generation: count,
    annotations: z.record(z.string(), z.string()).optional().catch(undefined),
  }),
  spec: z.looseObject({
    paused: flag,
    replicas: count,
    strategy: z
      .looseObject({
        canary: z
          .looseObject({
            steps: z
              .array(
                z.looseObject({
                  setWeight: count,
                  pause: z
                    .looseObject({
                      duration: z
                        .union([z.string(), z.number()])
                        .optional()
                        .catch(undefined),
                    })
                    .optional()
                    .catch(undefined),
                }),
              )
              .optional()
              .catch(undefined),
            trafficRouting: z
              .looseObject({ maxTrafficWeight: count })
              .optional()
              .catch(undefined),
            maxSurge: z.unknown().optional(),
            maxUnavailable: z.unknown().optional(),
          })
          .optional()
          .catch(undefined),
        blueGreen: z
          .looseObject({ autoPromotionEnabled: flag })
          .optional()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
  status: z
    .looseObject({
      /** A number as text; a hash of the spec where the controller is older than 0.10. */
      observedGeneration: text,
      workloadObservedGeneration: text,
      phase: text,
      message: text,
      abort: flag,
      abortedAt: text,
      controllerPause: flag,
      pauseConditions: z
        .array(z.looseObject({ reason: text, startTime: text }))
        .optional()
        .catch(undefined),
      currentPodHash: text,
      stableRS: text,
      currentStepIndex: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      conditions: z.array(condition).optional().catch(undefined),
      canary: z
        .looseObject({
          weights: z
            .looseObject({
              canary: z.looseObject({ weight: count }).optional(),
            })
            .optional()
            .catch(undefined),
        })
        .optional()
        .catch(undefined),
      blueGreen: z
        .looseObject({ activeSelector: text })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export type Rollout = z.infer<typeof rolloutSchema>;

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
