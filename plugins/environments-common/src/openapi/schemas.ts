/**
 * Schemas of the API's answers and requests. Objects are open: a field that is added breaks no client.
 */
const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const texts = { type: 'array', items: text } as const;
const anything = {} as const;

const ref = <Name extends string>(name: Name) =>
  ({ $ref: `#/components/schemas/${name}` } as const);
const listOf = <Name extends string>(name: Name) =>
  ({ type: 'array', items: ref(name) } as const);
const oneOf = <Values extends readonly string[]>(...values: Values) =>
  ({ type: 'string', enum: values } as const);

const observationFields = {
  status: {
    ...oneOf(
      'observed',
      'absent',
      'stale',
      'unreachable',
      'timeout',
      'forbidden',
      'not-configured',
      'unknown',
    ),
    description: 'Whether it is known.',
  },
  reason: { ...text, description: 'A sentence that a person can act on.' },
  since: { ...time, description: 'Since when the status holds.' },
} as const;

const kind = oneOf('production', 'non-production');
const comparison = oneOf('expected', 'lag', 'violation', 'unclassified');

const observations = {
  Observation: {
    type: 'object',
    required: ['status'],
    properties: observationFields,
  },
  SourceState: {
    type: 'object',
    required: ['kind', 'name', 'status'],
    properties: {
      kind: text,
      name: text,
      ...observationFields,
      lastObservedAt: time,
      needsUserToken: ref('UserTokenNeed'),
    },
  },
  UserTokenNeed: {
    type: 'object',
    required: ['authProvider'],
    description:
      'Only the person who looks can read the source, with a token of their own: see live-matrix.',
    properties: {
      authProvider: {
        ...text,
        description: 'As the Kubernetes plugin calls it: oidc, google, aks.',
      },
      tokenProvider: {
        ...text,
        description: 'Who issues the token, where the way leaves that open.',
      },
      isRefused: {
        type: 'boolean',
        description: 'The token that was sent was not accepted.',
      },
    },
  },
  Provenance: {
    type: 'object',
    required: ['source', 'observedAt'],
    properties: {
      source: text,
      link: text,
      observedAt: time,
      location: { ...text, description: '`file:line`, or the API object.' },
    },
  },
} as const;

const matrix = {
  Matrix: {
    type: 'object',
    required: [
      'entityRef',
      'computedAt',
      'environments',
      'groups',
      'sources',
      'score',
    ],
    properties: {
      entityRef: text,
      computedAt: time,
      environments: listOf('EnvironmentColumn'),
      groups: listOf('MatrixGroup'),
      sources: listOf('SourceState'),
      score: {
        type: 'object',
        required: ['parts'],
        properties: {
          value: { type: 'integer', minimum: 0, maximum: 100 },
          parts: listOf('ScorePart'),
        },
      },
      problem: {
        ...text,
        description: 'Why the intent cannot be read, or is not right.',
      },
      inference: {
        type: 'object',
        description:
          'How the environments were found, where no intent declares them.',
        required: ['from', 'explanation'],
        properties: {
          from: oneOf('app-config', 'applications'),
          explanation: texts,
        },
      },
      updates: {
        type: 'object',
        required: ['channel', 'key'],
        properties: {
          channel: text,
          key: {
            ...text,
            description:
              'Opaque; a signal carries it when this matrix changed.',
          },
        },
      },
    },
  },
  ScorePart: {
    type: 'object',
    required: ['rule', 'title', 'weight', 'outcome'],
    properties: {
      rule: text,
      title: text,
      weight: { type: 'number' },
      outcome: oneOf('pass', 'fail', 'unknown'),
    },
  },
  EnvironmentColumn: {
    type: 'object',
    required: ['name', 'title', 'order', 'kind', 'summary'],
    properties: {
      name: text,
      title: text,
      order: count,
      kind,
      cluster: text,
      namespace: text,
      targets: {
        type: 'array',
        items: {
          type: 'object',
          required: ['cluster', 'namespace'],
          properties: { cluster: text, namespace: text, region: text },
        },
      },
      summary: ref('EnvironmentSummary'),
      promotion: ref('PromotionHint'),
    },
  },
  PromotionHint: {
    type: 'object',
    required: ['to', 'possible', 'blockedBy'],
    properties: {
      to: text,
      possible: { type: 'boolean' },
      blockedBy: texts,
      way: ref('PromotionWay'),
      active: {
        type: 'object',
        required: ['id', 'state'],
        properties: { id: text, state: text, steps: { type: 'integer' } },
      },
    },
  },
  EnvironmentSummary: {
    type: 'object',
    required: ['violations', 'unclassified', 'observation', 'observations'],
    properties: {
      version: text,
      digest: text,
      commit: text,
      since: time,
      by: text,
      sync: text,
      health: text,
      ready: { ...text, description: '`3/3`' },
      behind: ref('Behind'),
      violations: count,
      unclassified: count,
      detail: text,
      standing: {
        ...text,
        description:
          'Where an update stands that takes steps: `Paused at step 2/6, 20 % of traffic, ...`',
      },
      observation: ref('Observation'),
      observations: {
        type: 'object',
        required: ['version', 'sync', 'health', 'ready'],
        properties: {
          version: ref('Observation'),
          sync: ref('Observation'),
          health: ref('Observation'),
          ready: ref('Observation'),
        },
      },
    },
  },
  Behind: {
    type: 'object',
    required: ['environment', 'status'],
    properties: {
      environment: text,
      status: oneOf('identical', 'behind', 'ahead', 'diverged', 'unknown'),
      commits: count,
      versions: count,
      since: time,
      reason: text,
    },
  },
  MatrixGroup: {
    type: 'object',
    required: ['id', 'title', 'rows'],
    properties: { id: text, title: text, rows: listOf('Row') },
  },
  Row: {
    type: 'object',
    required: ['id', 'title', 'cells'],
    properties: {
      id: {
        ...text,
        description: '`group.fact[.workload[.container]]`',
      },
      title: text,
      rule: text,
      cells: { type: 'object', additionalProperties: ref('Cell') },
    },
  },
  Cell: {
    type: 'object',
    required: ['observation', 'display', 'comparison'],
    properties: {
      observation: ref('Observation'),
      value: anything,
      display: text,
      comparison: oneOf(
        'same',
        'expected',
        'lag',
        'violation',
        'unclassified',
        'not-compared',
      ),
      state: oneOf(
        'progressing',
        'degraded',
        'out-of-sync',
        'drifted',
        'suspended',
      ),
      detail: text,
      rule: text,
      reason: text,
      remedy: text,
      provenance: ref('Provenance'),
    },
  },
} as const;

const judgement = {
  Finding: {
    type: 'object',
    required: [
      'rule',
      'outcome',
      'title',
      'environments',
      'subject',
      'values',
      'locations',
    ],
    properties: {
      rule: text,
      outcome: oneOf(
        'pass',
        'fail',
        'warn',
        'unknown',
        'not-deployed',
        'not-applicable',
        'waived',
      ),
      title: text,
      guideStep: { type: 'integer' },
      environments: texts,
      subject: text,
      pointer: { ...text, description: 'JSON pointer in the subject.' },
      values: { type: 'object', additionalProperties: anything },
      locations: { type: 'object', additionalProperties: text },
      reason: text,
      remedy: text,
      waivedUntil: text,
    },
  },
  Difference: {
    type: 'object',
    required: ['kind', 'from', 'to', 'subject', 'pointer', 'class'],
    properties: {
      kind: oneOf('environment', 'drift'),
      from: text,
      to: text,
      subject: text,
      pointer: text,
      before: anything,
      after: anything,
      class: comparison,
      rule: text,
      reason: text,
    },
  },
  FleetCounts: {
    type: 'object',
    description: 'Of what `text` selects, whatever the other filters.',
    required: ['all', 'lagging', 'violating', 'unhealthy', 'unknown'],
    properties: {
      all: count,
      lagging: count,
      violating: count,
      unhealthy: count,
      unknown: count,
    },
  },
  FleetRow: {
    type: 'object',
    required: [
      'entityRef',
      'title',
      'owners',
      'environments',
      'violations',
      'unclassified',
    ],
    properties: {
      entityRef: text,
      title: text,
      owners: texts,
      system: text,
      environments: {
        type: 'array',
        description: 'In promotion order.',
        items: {
          type: 'object',
          required: ['name', 'title', 'kind', 'summary'],
          properties: {
            name: text,
            title: text,
            kind,
            summary: ref('EnvironmentSummary'),
          },
        },
      },
      violations: count,
      unclassified: count,
      lag: {
        ...count,
        description: 'Commits by which the furthest environment is behind.',
      },
      score: { type: 'number' },
      problem: text,
    },
  },
  HistoryEntry: {
    type: 'object',
    required: ['id', 'environment', 'at', 'what'],
    properties: {
      id: text,
      environment: text,
      at: time,
      what: { ...text, description: '`version`, `health` or `sync`.' },
      from: text,
      to: text,
      by: text,
      commit: text,
      link: text,
      pullRequest: {
        type: 'object',
        required: ['number', 'link'],
        properties: { number: { type: 'integer' }, link: text },
      },
    },
  },
} as const;

const promotions = {
  PromotionWay: oneOf('commit', 'pull-request', 'workflow', 'sync'),
  Gate: {
    type: 'object',
    required: ['id', 'title', 'state', 'reason'],
    properties: {
      id: text,
      title: text,
      state: oneOf('open', 'waiting', 'closed', 'unknown'),
      reason: text,
      opensAt: time,
    },
  },
  PromotionPlan: {
    type: 'object',
    required: [
      'id',
      'from',
      'to',
      'revision',
      'createdAt',
      'expiresAt',
      'release',
      'files',
      'changes',
      'restarts',
      'findings',
      'gates',
      'impact',
      'way',
    ],
    properties: {
      id: text,
      from: text,
      to: text,
      revision: text,
      createdAt: time,
      expiresAt: time,
      release: {
        type: 'object',
        required: ['to'],
        properties: {
          from: text,
          to: text,
          commits: {
            type: 'array',
            items: {
              type: 'object',
              required: ['sha', 'subject', 'author'],
              properties: {
                sha: text,
                subject: text,
                author: text,
                link: text,
              },
            },
          },
          commitsUnknown: text,
        },
      },
      files: {
        type: 'array',
        items: {
          type: 'object',
          required: ['path'],
          properties: { path: text, before: text, after: text },
        },
      },
      changes: listOf('Difference'),
      changesUnknown: text,
      restarts: texts,
      obstacles: {
        type: 'array',
        items: {
          type: 'object',
          required: ['subject', 'reason', 'remedy'],
          properties: {
            subject: text,
            pointer: text,
            reason: text,
            remedy: text,
          },
        },
      },
      findings: {
        type: 'object',
        required: ['starts', 'stops', 'stays'],
        properties: {
          starts: listOf('Finding'),
          stops: listOf('Finding'),
          stays: listOf('Finding'),
        },
      },
      gates: listOf('Gate'),
      impact: {
        type: 'object',
        required: ['dependents', 'owners'],
        properties: { dependents: texts, owners: texts },
      },
      way: ref('PromotionWay'),
    },
  },
  Promotion: {
    type: 'object',
    required: [
      'id',
      'plan',
      'requestedBy',
      'createdAt',
      'state',
      'steps',
      'actions',
    ],
    properties: {
      id: text,
      plan: ref('PromotionPlan'),
      requestedBy: text,
      reason: text,
      createdAt: time,
      state: oneOf(
        'waiting',
        'proposed',
        'merged',
        'syncing',
        'rolling-out',
        'succeeded',
        'failed',
        'cancelled',
        'superseded',
      ),
      steps: {
        type: 'array',
        items: {
          type: 'object',
          required: ['at', 'what', 'by'],
          properties: { at: time, what: text, by: text, link: text },
        },
      },
      pullRequest: {
        type: 'object',
        required: ['number', 'link'],
        properties: { number: { type: 'integer' }, link: text },
      },
      problem: text,
      remedy: text,
      waitsFor: text,
      actions: {
        type: 'array',
        items: oneOf('approve', 'merge', 'sync', 'cancel'),
      },
    },
  },
} as const;

const preview = {
  Preview: {
    type: 'object',
    required: [
      'problems',
      'environments',
      'repositories',
      'catalog',
      'findings',
      'summary',
    ],
    properties: {
      intent: anything,
      problems: {
        type: 'array',
        items: {
          type: 'object',
          required: ['field', 'message'],
          properties: {
            field: {
              ...text,
              description: 'Path in the intent: `repositories.infrastructure`.',
            },
            message: text,
          },
        },
      },
      environments: {
        type: 'array',
        items: {
          type: 'object',
          required: [
            'name',
            'title',
            'kind',
            'runsIn',
            'releaseArrives',
            'waitsFor',
            'replicas',
            'resources',
            'quota',
          ],
          properties: {
            name: text,
            title: text,
            kind,
            runsIn: text,
            releaseArrives: text,
            waitsFor: text,
            replicas: text,
            resources: text,
            quota: text,
          },
        },
      },
      repositories: {
        type: 'array',
        items: {
          type: 'object',
          required: ['kind', 'url', 'files'],
          properties: {
            kind: oneOf('infrastructure', 'deployConfig'),
            url: text,
            files: {
              type: 'array',
              items: {
                type: 'object',
                required: ['path', 'content'],
                properties: { path: text, content: text },
              },
            },
          },
        },
      },
      catalog: texts,
      findings: listOf('Finding'),
      findingsUnknown: text,
      summary: {
        type: 'object',
        required: ['outcomes', 'classes'],
        properties: {
          outcomes: { type: 'object', additionalProperties: count },
          classes: { type: 'object', additionalProperties: count },
        },
      },
    },
  },
} as const;

const errors = {
  Error: {
    type: 'object',
    required: ['error', 'response'],
    properties: {
      error: {
        type: 'object',
        required: ['name', 'message'],
        properties: { name: text, message: text },
      },
      request: {
        type: 'object',
        properties: { method: text, url: text },
      },
      response: {
        type: 'object',
        required: ['statusCode'],
        properties: { statusCode: { type: 'integer' } },
      },
    },
  },
} as const;

export const schemas = {
  ...observations,
  ...matrix,
  ...judgement,
  ...promotions,
  ...preview,
  ...errors,
} as const;
