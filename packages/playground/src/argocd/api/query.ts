import type { Request } from 'express';
import { parseLabelSelector } from '../../cluster/selectors';
import { ARGOCD_NAMESPACE, type Application } from '../resources';
import { may, type Account } from './accounts';
import { ApiError } from './answers';

/** A parameter's first value; undefined when it is absent or empty. */
export function parameter(request: Request, name: string): string | undefined {
  const [value] = parameters(request, name);
  return value === '' ? undefined : value;
}

export function parameters(request: Request, name: string): string[] {
  const value = request.query[name];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((item): item is string => typeof item === 'string');
}

/** `fields`, or undefined when everything is wanted. */
export function fieldsOf(request: Request): string[] | undefined {
  return parameter(request, 'fields')
    ?.split(',')
    .map(field => field.trim());
}

function selectorOf(text: string): (application: Application) => boolean {
  try {
    const matches = parseLabelSelector(text);
    return ({ metadata }) =>
      matches({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: metadata.name, labels: metadata.labels },
      });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(2, `error parsing the selector: ${reason}`);
  }
}

/** Which applications a request means, of those that the account may see. */
export function filterOf(
  request: Request,
  account: Account,
): (application: Application) => boolean {
  const projects = [
    ...parameters(request, 'projects'),
    ...parameters(request, 'project'),
  ].filter(Boolean);
  const name = parameter(request, 'name');
  const repo = parameter(request, 'repo');
  const namespace = parameter(request, 'appNamespace') ?? ARGOCD_NAMESPACE;
  const selected = selectorOf(parameter(request, 'selector') ?? '');
  return application =>
    may(account, 'get', application.spec.project) &&
    namespace === ARGOCD_NAMESPACE &&
    (name === undefined || application.metadata.name === name) &&
    (repo === undefined || application.spec.source.repoURL === repo) &&
    (projects.length === 0 || projects.includes(application.spec.project)) &&
    selected(application);
}
