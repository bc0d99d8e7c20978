/**
 * What an environment gets that says nothing of it. Staging mirrors production, so that what is tried there is what will run.
 *
 * @public
 */
export const WORKLOAD_DEFAULTS = {
  first: {
    replicas: 1,
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '250m', memory: '256Mi' },
    logLevel: 'debug',
  },
  between: {
    replicas: 2,
    requests: { cpu: '500m', memory: '512Mi' },
    limits: { cpu: '1', memory: '1Gi' },
    logLevel: 'info',
  },
  production: {
    replicas: 3,
    requests: { cpu: '500m', memory: '512Mi' },
    limits: { cpu: '1', memory: '1Gi' },
    logLevel: 'warn',
  },
} as const;

/**
 * `spec.hard` of the ResourceQuota.
 *
 * @public
 */
export const QUOTA_DEFAULTS = {
  first: {
    'requests.cpu': '2',
    'requests.memory': '2Gi',
    'limits.cpu': '4',
    'limits.memory': '4Gi',
    pods: '20',
  },
  between: {
    'requests.cpu': '16',
    'requests.memory': '32Gi',
    'limits.cpu': '32',
    'limits.memory': '64Gi',
    pods: '100',
  },
  production: {
    'requests.cpu': '16',
    'requests.memory': '32Gi',
    'limits.cpu': '32',
    'limits.memory': '64Gi',
    pods: '100',
  },
} as const;

/**
 * What an environment is for, and what data is in it.
 *
 * @public
 */
export const PURPOSE_DEFAULTS = {
  first: {
    purpose: 'Rapid iteration: break things, and recover quickly',
    dataClass: 'disposable',
  },
  between: {
    purpose: 'Mirror of production, for validation before a release',
    dataClass: 'synthetic',
  },
  production: { purpose: 'Real users, real data', dataClass: 'real' },
} as const;

/**
 * Nodes per cluster of the flavour without a cloud: enough to carry the quotas.
 *
 * @public
 */
export const NODE_DEFAULTS = {
  'non-production': { type: 'standard-16', count: 3 },
  production: { type: 'standard-16', count: 5 },
} as const;

/**
 * Minor version of Kubernetes of a cluster that says none.
 *
 * @public
 */
export const DEFAULT_KUBERNETES_VERSION = '1.34';

/**
 * Which of the three kinds of defaults an environment takes.
 *
 * @public
 */
export function positionOf(
  environment: { kind: 'production' | 'non-production' },
  index: number,
): 'first' | 'between' | 'production' {
  if (environment.kind === 'production') {
    return 'production';
  }
  return index === 0 ? 'first' : 'between';
}

/**
 * Nodes on AWS that carry the quotas of the environments in the cluster.
 *
 * @public
 */
export const AWS_NODE_DEFAULTS = {
  'non-production': { type: 'm7g.2xlarge', count: 4 },
  production: { type: 'm7g.2xlarge', count: 5 },
} as const;

/**
 * Databases on AWS; storage in GiB, backups in days.
 *
 * @public
 */
export const DATABASE_DEFAULTS = {
  first: { class: 'db.t4g.small', multiAz: false, storage: 20, backupDays: 1 },
  between: {
    class: 'db.t4g.medium',
    multiAz: false,
    storage: 50,
    backupDays: 3,
  },
  production: {
    class: 'db.m7g.large',
    multiAz: true,
    storage: 100,
    backupDays: 14,
  },
} as const;

/**
 * Who signs the certificate.
 *
 * @public
 */
export const CERTIFICATE_DEFAULTS = {
  first: 'selfsigned',
  between: 'acme-staging',
  production: 'acme',
} as const;

/**
 * How long metrics are kept, and whether a critical alert pages somebody.
 *
 * @public
 */
export const OBSERVABILITY_DEFAULTS = {
  first: { retentionDays: 7, paging: false },
  between: { retentionDays: 30, paging: false },
  production: { retentionDays: 90, paging: true },
} as const;
