/** The fields of the wizard. */
export const wizardMessages = {
  service: {
    label: 'Name',
    free: 'Will be component {{name}}, with the namespaces {{name}}-…',
  },
  image: {
    label: 'Image',
  },
  isolation: {
    title: 'How are the environments kept apart?',
    usual: 'usual',
    picture: 'Clusters, with the environments in each',
    acknowledge:
      'Production shares its control plane with the other environments, and we accept it',
    'shared-nonprod': {
      name: 'Shared non-production',
      text: 'One cluster for every environment before production, one for production. Nothing in dev can reach production.',
      cost: '2 clusters',
    },
    separate: {
      name: 'Separate',
      text: 'A cluster for each environment. Nothing that one does touches another, upgrades of Kubernetes included.',
      cost: 'As many clusters as environments: the safest, and the dearest',
    },
    namespaces: {
      name: 'Namespaces',
      text: 'One cluster for everything. Production shares its control plane, its nodes and its version of Kubernetes with the rest; quotas, priorities and policies are all that is between them.',
      cost: '1 cluster. You are asked to confirm it.',
    },
    custom: {
      name: 'Custom',
      text: 'You say which cluster each environment runs in.',
      cost: 'As many clusters as you name',
    },
  },
  clusters: {
    title: 'Which cluster does each environment run in?',
    of: 'Cluster of {{environment}}',
    hint: 'As the portal and Argo CD call it',
    wrong:
      'Lower-case letters, digits and hyphens; a letter or digit at both ends',
  },
  accounts: {
    title: 'AWS accounts',
    region: 'Region',
    of: 'Account of {{cluster}}',
    hint: 'For {{environments}}',
    wrong: '12 digits',
  },
  secrets: {
    title: 'Which secrets does it read?',
    keys: 'Names',
    keysHint:
      'Names of environment variables, separated by commas. Values stay in the store; leave it empty if there are none.',
    wrong: "'{{wrong}}' is not the name of an environment variable",
    address: 'Address of Vault',
    addressHint: 'Each environment gets a role and a path of its own.',
  },
  table: {
    title: 'What runs where',
    hint: 'What is not in this table is the same everywhere',
    add: 'Add an environment',
    remove: 'Remove {{name}}',
    name: 'Name',
    replicas: 'Replicas',
    cpu: 'CPU, request and limit',
    memory: 'Memory, request and limit',
    logLevel: 'Log level',
    host: 'Host name',
    requests: { cpu: 'CPU request', memory: 'Memory request' },
    limits: { cpu: 'CPU limit', memory: 'Memory limit' },
    field: '{{setting}} of {{environment}}',
    wrong_one: '{{count}} thing to put right',
    wrong_other: '{{count}} things to put right',
    right: 'Nothing to put right',
  },
  gate: {
    title: 'How does a release reach production?',
    intro:
      'What is chosen stands one after the other, and cannot be skipped. One at least.',
    'pull-request': {
      name: 'A pull request in deploy-config',
      text: 'Somebody sees the exact change, and the history of main says who let it in. Checks of the repository run on it.',
    },
    'argo-manual-sync': {
      name: 'A manual sync in Argo CD',
      text: 'A merge alone changes nothing in production. Somebody who watches starts the rollout.',
    },
    'github-environment': {
      name: 'An environment with reviewers',
      text: 'The promotion workflow waits until a reviewer lets it go on. GitHub only; private repositories need its enterprise plan.',
    },
    health: 'Healthy where it ran before',
    healthText:
      'The release runs in the environment before, all of its pods, healthy.',
  },
  repositories: {
    title: 'Where do the repositories go?',
    host: 'Git host',
    owner: 'Owner',
    ownerHint: 'The organisation or user that gets both repositories.',
    infrastructure: 'Infrastructure',
    infrastructureHint: 'Terraform: clusters, networks. It will be created.',
    deployConfig: 'Deploy config',
    deployConfigHint:
      'Kustomize, Argo CD, and the promotions. It will be created.',
    source: 'Source',
    sourceHint:
      'The code of the service. It is not created; its tags are the versions.',
    noHost:
      'No Gitea host is configured. Add one under integrations.gitea in app-config.',
  },
  review: {
    title: 'What you will have',
    created: 'What will be created',
    checking: 'Rendering both repositories and checking them',
    runsIn: 'Runs in',
    releaseArrives: 'A release arrives',
    waitsFor: 'Waits for',
    replicas: 'Replicas',
    resources: 'Resources',
    quota: 'Quota',
    files_one: '{{count}} file',
    files_other: '{{count}} files',
    catalog: 'catalog',
    look: 'Look at the files',
    filesTitle: 'The files of {{service}}',
    close: 'Close',
    tree: 'Files',
    checked: 'Checked:',
    hold_one: '{{count}} rule holds',
    hold_other: '{{count}} rules hold',
    failNone: 'none fails',
    fail_one: '{{count}} fails',
    fail_other: '{{count}} fail',
    unknown_one:
      '{{count}} needs a look at the real clusters and will show on the Environments tab',
    unknown_other:
      '{{count}} need a look at the real clusters and will show on the Environments tab',
    unclassified_one: '{{count}} difference that no rule covers',
    unclassified_other: '{{count}} differences that no rule covers',
    findingsUnknown: 'Not checked: {{reason}}',
    problems_one: '{{count}} thing to put right before anything is created',
    problems_other: '{{count}} things to put right before anything is created',
    onPage: 'on the page "{{page}}"',
    error: 'The preview could not be made',
    again: 'Try again',
    page: {
      service: 'Service',
      environments: 'Environments',
      gate: 'Promotion and gates',
      repositories: 'Repositories',
    },
  },
} as const;
