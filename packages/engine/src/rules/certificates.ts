import { leavesOf, objectsOfKind } from './view';
import { EnvironmentView, notApplicable, Rule, Verdict } from './rule';

const ISSUER_ANNOTATIONS = [
  'cert-manager.io/cluster-issuer',
  'cert-manager.io/issuer',
];

/** Objects that ask cert-manager for a certificate. */
const ASKING = [
  'cert-manager.io/Certificate',
  'networking.k8s.io/Ingress',
  'gateway.networking.k8s.io/Gateway',
];

/** What load balancers of clouds name certificates by, which are made per account and region. */
const CERTIFICATE_ANNOTATIONS = [
  'alb.ingress.kubernetes.io/certificate-arn',
  'service.beta.kubernetes.io/aws-load-balancer-ssl-cert',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
  'networking.gke.io/certmap',
  'appgw.ingress.kubernetes.io/appgw-ssl-certificate',
];

const annotation = (key: string) =>
  `/metadata/annotations/${key.replace('/', '~1')}`;

/** `letsencrypt-staging`: what stands behind is an endpoint of the authority, and no environment of ours. */
const ACME = /(^|[-._])(lets-?encrypt|acme|le|zerossl|buypass)([-._]|$)/i;

const STAGING = /(^|[-._])(staging|stage|stg)([-._]|$)/i;

/** Whether a leaf names the issuer of a certificate by the endpoint of a public authority. */
export function isAcmeIssuer(path: readonly string[], value: string): boolean {
  return isIssuer(path) && ACME.test(value);
}

function isIssuer(path: readonly string[]): boolean {
  return (
    (path[1] === 'issuerRef' && path[2] === 'name') ||
    (path[1] === 'annotations' && ISSUER_ANNOTATIONS.includes(path[2]))
  );
}

interface Issuer {
  readonly subject: string;
  readonly path: readonly string[];
  readonly name: string;
}

function issuersOf(environment: EnvironmentView): Issuer[] {
  const issuers: Issuer[] = [];
  for (const { subject, node } of objectsOfKind(environment, ...ASKING)) {
    leavesOf(node, (path, { value }) => {
      if (typeof value === 'string' && isIssuer(path)) {
        issuers.push({ subject, path, name: value });
      }
    });
  }
  return issuers;
}

export const certificates: Rule = {
  id: 'SEC-08',
  kind: 'absolute',
  title: 'Certificates are those that the environment should have',
  guideStep: 15,
  sources: ['manifests', 'cluster'],
  semantics:
    'The certificate that is served has the host, comes from the declared kind of issuer, is ready, and lasts two weeks more. Issuers differ by environment; production does not ask the staging endpoint of an ACME CA, which no browser trusts.',
  remedy: 'Look at the Certificate and its issuer in the cluster.',
  appliesTo: context =>
    context.environments.some(
      environment =>
        objectsOfKind(environment, 'cert-manager.io/Certificate').length > 0 ||
        issuersOf(environment).length > 0,
    )
      ? { applies: true }
      : notApplicable('No certificate is asked for'),
  claims: [
    {
      at: [
        '/spec/issuerRef',
        ...[...ISSUER_ANNOTATIONS, ...CERTIFICATE_ANNOTATIONS].map(annotation),
      ],
      judge: ({ path, before, after }) =>
        // One kind of issuer instead of another leaves one annotation out, and takes another in.
        (before && after) || isIssuer(path)
          ? {
              class: 'expected',
              reason: 'Issuers of certificates differ by environment',
            }
          : undefined,
    },
  ],
  evaluate: context => [
    ...context.environments.flatMap(untrusted),
    {
      outcome: 'unknown',
      environments: context.intent.environments.map(({ name }) => name),
      subject: context.service,
      values: {},
      locations: {},
      reason:
        'Which certificate is served is for the clusters to tell, which were not asked',
    },
  ],
};

/** Certificates of production from an authority that no browser trusts, unless that is declared. */
function untrusted(environment: EnvironmentView): Verdict[] {
  const declared = environment.environment.certificate;
  if (environment.role !== 'prod' || declared === 'acme-staging') {
    return [];
  }
  return issuersOf(environment)
    .filter(({ name }) => ACME.test(name) && STAGING.test(name))
    .map(({ subject, path, name }) => ({
      outcome: 'fail',
      environments: [environment.name],
      subject,
      path,
      reason: `${name} is the staging endpoint of a public authority, which no browser trusts, in ${environment.name}`,
      remedy: 'Name the issuer that signs for production.',
    }));
}
