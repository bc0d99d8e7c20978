import { KindDefinition } from './KindDefinition';

interface CustomGroup {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly KindDefinition[];
}

const custom = (
  kind: string,
  plural: string,
  category: string,
  ...shortNames: string[]
): KindDefinition => ({
  kind,
  plural,
  shortNames,
  categories: [category],
  subresources: ['status'],
  hasGeneration: true,
});

/** What the operators of a platform define: gateways, secrets of a store, certificates, metrics. */
export const CUSTOM_GROUPS: readonly CustomGroup[] = [
  {
    group: 'cert-manager.io',
    version: 'v1',
    kinds: [
      custom(
        'CertificateRequest',
        'certificaterequests',
        'cert-manager',
        'cr',
        'crs',
      ),
      custom('Certificate', 'certificates', 'cert-manager', 'cert', 'certs'),
      custom('Issuer', 'issuers', 'cert-manager', 'iss'),
    ],
  },
  {
    group: 'external-secrets.io',
    version: 'v1',
    kinds: [
      custom('ExternalSecret', 'externalsecrets', 'external-secrets', 'es'),
      custom('SecretStore', 'secretstores', 'external-secrets', 'ss'),
    ],
  },
  {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    kinds: [custom('HTTPRoute', 'httproutes', 'gateway-api')],
  },
  {
    group: 'gateway.networking.k8s.io',
    version: 'v1beta1',
    kinds: [
      {
        ...custom(
          'ReferenceGrant',
          'referencegrants',
          'gateway-api',
          'refgrant',
        ),
        // It is read by gateways, and nobody reports on it.
        subresources: [],
      },
    ],
  },
  {
    group: 'monitoring.coreos.com',
    version: 'v1',
    kinds: [
      custom(
        'PrometheusRule',
        'prometheusrules',
        'prometheus-operator',
        'promrule',
      ),
      custom(
        'ServiceMonitor',
        'servicemonitors',
        'prometheus-operator',
        'smon',
      ),
    ],
  },
];
