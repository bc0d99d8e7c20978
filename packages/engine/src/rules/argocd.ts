import { IntentEnvironment } from '../intent';
import { valueAt } from '../model/json';
import { ManifestObject } from '../model/parseManifests';
import { environmentOfApplication } from './declaredEnvironments';
import {
  Applicability,
  Role,
  RuleContext,
  Verdict,
  notApplicable,
  unknown,
} from './rule';
import { rolesOf } from './view';

export const hasApplications = (context: RuleContext): Applicability => {
  if (!context.argocd) {
    return unknown('The argocd folder of the repository was not given');
  }
  if (context.argocd.some(({ kind }) => kind === 'Application')) {
    return { applies: true };
  }
  return context.argocd.some(({ kind }) => kind === 'ApplicationSet')
    ? unknown(
        'An ApplicationSet makes the Applications; what they say is for Argo CD to tell',
      )
    : notApplicable('The repository has no Argo CD Application');
};

export interface EnvironmentApplication {
  readonly application: ManifestObject;
  readonly environment: IntentEnvironment;
  readonly role: Role;
}

export function applicationsOf(context: RuleContext): EnvironmentApplication[] {
  const roles = rolesOf(context.intent);
  return (context.argocd ?? [])
    .filter(({ kind }) => kind === 'Application')
    .flatMap(application => {
      const name = environmentOfApplication(context, application.value);
      const environment = context.intent.environments.find(
        entry => entry.name === name,
      );
      return environment
        ? [
            {
              application,
              environment,
              role: roles.get(environment.name) ?? 'dev',
            },
          ]
        : [];
    });
}

/** A verdict on a field of an Argo CD object, which is no part of the environment's own manifests. */
export function verdictOn(
  object: ManifestObject,
  environment: string,
  problem?: {
    path: readonly (string | number)[];
    value: unknown;
    reason: string;
    remedy?: string;
    outcome?: 'fail' | 'warn';
  },
): Verdict {
  const base = {
    environments: [environment],
    subject: `${object.group}/${object.kind} ${object.name}`,
    locations: {
      [environment]: problem
        ? locationOf(object, problem.path)
        : object.location,
    },
  };
  return problem
    ? {
        ...base,
        outcome: problem.outcome ?? 'fail',
        path: problem.path.map(String),
        values: { [environment]: problem.value },
        reason: problem.reason,
        ...(problem.remedy ? { remedy: problem.remedy } : {}),
      }
    : { ...base, outcome: 'pass', values: {} };
}

function locationOf(
  object: ManifestObject,
  path: readonly (string | number)[],
): string {
  let location = object.location;
  let container: unknown = object.value;
  for (const part of path) {
    if (typeof container !== 'object' || container === null) {
      break;
    }
    location = object.locate(container, String(part)) ?? location;
    container = valueAt(container, part);
  }
  return location;
}
