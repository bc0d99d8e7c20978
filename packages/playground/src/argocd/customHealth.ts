import { fieldsOf, objectsOf, type Fields } from '../cluster/values';
import type { KubeObject } from '../core';
import type { HealthStatus } from './resources';

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : '';

const conditionsOf = (status: unknown): Fields[] =>
  objectsOf(fieldsOf(status).conditions);

/** Of the usual kind: `Ready` says it all, and until it does there is something to wait for. */
function byReadiness(waitingFor: string) {
  return ({ status }: KubeObject): HealthStatus => {
    const ready = conditionsOf(status).find(({ type }) => type === 'Ready');
    switch (ready?.status) {
      case 'True':
        return { status: 'Healthy', message: textOf(ready.message) };
      case 'False':
        return { status: 'Degraded', message: textOf(ready.message) };
      default:
        return { status: 'Progressing', message: waitingFor };
    }
  };
}

function certificateHealth(certificate: KubeObject): HealthStatus {
  const issuing = conditionsOf(certificate.status).find(
    ({ type, status }) => type === 'Issuing' && status === 'True',
  );
  return issuing
    ? { status: 'Progressing', message: textOf(issuing.message) }
    : byReadiness('Waiting for certificate')(certificate);
}

function requestHealth(request: KubeObject): HealthStatus {
  const conditions = conditionsOf(request.status);
  const refused = conditions.find(
    ({ type, status }) =>
      (type === 'Denied' || type === 'InvalidRequest') && status === 'True',
  );
  if (refused) {
    return { status: 'Degraded', message: textOf(refused.message) };
  }
  const ready = conditions.find(({ type }) => type === 'Ready');
  return ready?.status !== 'True' && ready?.reason === 'Pending'
    ? { status: 'Progressing', message: textOf(ready.message) }
    : byReadiness('Waiting for certificate request')(request);
}

/** Only what gateways say of the specification as it is now counts. */
function routeHealth({ metadata, status }: KubeObject): HealthStatus {
  const parents = objectsOf(fieldsOf(status).parents).filter(
    parent =>
      metadata.generation === undefined ||
      conditionsOf(parent).some(
        ({ observedGeneration }) => observedGeneration === metadata.generation,
      ),
  );
  for (const parent of parents) {
    const name = textOf(fieldsOf(parent.parentRef).name);
    for (const type of ['ResolvedRefs', 'Accepted']) {
      const failed = conditionsOf(parent).find(
        condition => condition.type === type && condition.status === 'False',
      );
      if (failed) {
        return {
          status: 'Degraded',
          message: `Parent ${name}: ${textOf(failed.message)}`,
        };
      }
    }
    const programmed = conditionsOf(parent).find(
      condition =>
        condition.type === 'Programmed' && condition.status !== 'True',
    );
    if (programmed) {
      return {
        status: 'Progressing',
        message: `Parent ${name}: ${textOf(programmed.message)}`,
      };
    }
  }
  return parents.length > 0
    ? { status: 'Healthy', message: 'HTTPRoute is healthy' }
    : { status: 'Progressing', message: 'Waiting for HTTPRoute status' };
}

/** Argo CD's own checks of the kinds that operators define. */
export const CUSTOM_CHECKS: Readonly<
  Record<string, (object: KubeObject) => HealthStatus>
> = {
  'cert-manager.io/Certificate': certificateHealth,
  'cert-manager.io/CertificateRequest': requestHealth,
  'cert-manager.io/Issuer': byReadiness('Initializing issuer'),
  'external-secrets.io/ExternalSecret': byReadiness(
    'Waiting for ExternalSecret',
  ),
  'external-secrets.io/SecretStore': byReadiness('Waiting for SecretStore'),
  'gateway.networking.k8s.io/HTTPRoute': routeHealth,
};
