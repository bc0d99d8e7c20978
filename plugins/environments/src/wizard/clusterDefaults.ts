/** What a cluster gets that says nothing of it; the renderer of the repositories has the same. */
export const DEFAULT_KUBERNETES_VERSION = '1.34';

export const DEFAULT_REGION = 'eu-central-1';

const NODES = {
  local: {
    production: { type: 'standard-16', count: 5 },
    'non-production': { type: 'standard-16', count: 3 },
  },
  aws: {
    production: { type: 'm7g.2xlarge', count: 5 },
    'non-production': { type: 'm7g.2xlarge', count: 4 },
  },
} as const;

export function defaultNodes(isAws: boolean, holdsProduction: boolean) {
  return NODES[isAws ? 'aws' : 'local'][
    holdsProduction ? 'production' : 'non-production'
  ];
}

/** The network of the cluster at this place. */
export function defaultNetwork(index: number): string {
  return `10.${10 * (index + 1)}.0.0/16`;
}
