import { ConfigKey } from './ConfigKey';
import { ConfiguredPackage } from './configuredPackages';

const NOTES: Readonly<Record<string, string>> = {
  secret: 'Secret: never logged, and never sent to the browser.',
  frontend: 'Sent to the browser.',
};

/** Every key there is, as YAML that can be started with; the test holds it to the types and to what reads them. */
export const COMPLETE_EXAMPLE = `environments:
  tracking:
    interval: 15s
  # For components that have no environments.yaml of their own, in promotion order.
  definitions:
    - name: dev
      cluster: nonprod
      namespace: '{name}-dev'
      argocd: { instance: main }
    - name: prod
      title: Production
      kind: production
      cluster: prod
      namespace: '{name}'
      argocd: { instance: main, destination: prod-eu }
      sync: manual
  parity:
    allow:
      - rule: K8S-03
        subject: apps/Deployment checkout
        pointer: /spec/template/spec/containers/checkout/env/LOG_LEVEL
        environments: [dev]
        reason: Our log shipper wants it in development alone.
        expires: '2027-01-31'
  history:
    retention: { months: 18 }
  preview:
    template: template:default/acme-service
  sources:
    scm:
      interval: 1m
    argocd:
      main:                                    # as in argocd.appLocatorMethods
        tls: { ca: '\${ARGOCD_CA}' }
    registry:
      ghcr.io: { anonymous: true }
      registry.example.com:5000:
        username: portal
        password: \${REGISTRY_PASSWORD}
        hosts: [gitlab.example.com]
        tls: { ca: '\${REGISTRY_CA}' }
      mirror.example.com:
        token: \${MIRROR_TOKEN}
        baseUrl: http://mirror.internal:5000
`;

/** The reference of the configuration, as Markdown: a table for each package, written from what its `config.d.ts` says. */
export function configurationDocument(
  packages: readonly ConfiguredPackage[],
): string {
  return `# Configuration

Every key that the packages of this suite read of \`app-config.yaml\`. All of them may be left out: without any, the matrix is made from what the
Kubernetes, Argo CD and catalog plugins are configured with. This page is written from the \`config.d.ts\` of each package by
\`npm run configuration\`; \`backstage-cli config:docs\` and \`config:check\` know the same keys.

- Durations are written \`30s\`, \`1h\`, \`7d\`, as ISO 8601 (\`PT30S\`, \`P1Y\`), or as an object (\`{ minutes: 5 }\`).
- \`[]\` is an entry of a list, \`<name>\` a key that you choose. *Required* means: wherever the entry that it belongs to is there.
- What is secret comes from the environment: \`\${NAME}\`.

${packages.map(section).join('\n')}
## What is read of other plugins

There is no second copy of anything that Backstage knows already.

| key | read by | for |
|---|---|---|
| \`kubernetes.*\` | the Kubernetes plugin, which is asked | clusters, and how to sign in to them |
| \`argocd.appLocatorMethods[]\` of type \`config\` | module argocd | instances: \`name\`, \`url\`, \`token\` or \`username\` and \`password\`, \`frontendUrl\` for links |
| \`argocd.username\`, \`argocd.password\`, \`argocd.baseUrl\` | module argocd | what instances have in common |
| \`integrations.github\`, \`.gitlab\`, \`.gitea\` | module scm, scaffolder module | git hosts: reading, promotions, publication |
| \`scaffolder.defaultAuthor\` | scaffolder module | the author of commits where the person has no address in the catalog |
| \`app.baseUrl\`, else \`backend.baseUrl\` | backend | the domain of addresses of people who have none in the catalog |
| \`permission.enabled\` | backend | whether permissions are asked for; without, everybody who is signed in may do everything |
| \`events.http.topics\` | the events plugin | webhooks of git hosts: see [installation.md](installation.md#webhooks) |
| \`auth.environment\`, \`app.title\` | the portal's own sign-in page | |

## All together

\`\`\`yaml
${COMPLETE_EXAMPLE}\`\`\`
`;
}

function section({ name, folder, keys }: ConfiguredPackage): string {
  const about = folder.startsWith('packages/')
    ? 'The portal of this repository alone; a Backstage of your own has its own sign-in page.'
    : `In \`${folder}\`.`;
  return `## ${name}

${about}

| key | type | default | what it does | example |
|---|---|---|---|---|
${keys.map(row).join('\n')}
`;
}

function row(key: ConfigKey): string {
  const note = NOTES[key.visibility ?? ''];
  return `| ${[
    `\`${key.path}\``,
    key.type,
    defaultText(key),
    [key.description, ...(note ? [note] : [])].join(' '),
    key.example === undefined ? '' : `\`${key.example}\``,
  ]
    .map(cell => cell.replace(/\|/g, '\\|'))
    .join(' | ')} |`;
}

function defaultText({ isGroup, isRequired, defaultValue }: ConfigKey): string {
  if (isRequired) {
    return '*required*';
  }
  return isGroup ? 'none' : defaultValue ?? '';
}
