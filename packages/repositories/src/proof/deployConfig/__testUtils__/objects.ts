import { parseAllDocuments } from 'yaml';
import { Intent } from '@envmatrix/engine';
import { RepositoryFile } from '../../../types';
import { renderOverlays } from './renderOverlays';

/** An object of Kubernetes, and where it is written. */
export interface WrittenObject {
  readonly where: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly value: object;
}

/** Every object that some cluster gets from a deploy-config repository. */
export function objectsOf(
  intent: Intent,
  files: readonly RepositoryFile[],
): WrittenObject[] {
  const rendered = Object.entries(renderOverlays(intent, files)).map(
    ([name, content]) => ({ path: `overlay ${name}`, content }),
  );
  const written = files.filter(({ path }) =>
    /^(argocd|cert-manager|monitoring\/(rules|targets))\/.*\.yaml$/.test(path),
  );
  return [...rendered, ...written].flatMap(({ path, content }) =>
    parseAllDocuments(content).flatMap(document => {
      const value: unknown = document.toJS();
      return isObject(value)
        ? [
            {
              where: path,
              apiVersion: value.apiVersion,
              kind: value.kind,
              value,
            },
          ]
        : [];
    }),
  );
}

function isObject(
  value: unknown,
): value is { apiVersion: string; kind: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'apiVersion' in value &&
    typeof value.apiVersion === 'string' &&
    'kind' in value &&
    typeof value.kind === 'string'
  );
}
