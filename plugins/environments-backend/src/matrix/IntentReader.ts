import {
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
  ARGOCD_PROJECT_ANNOTATION,
  INTENT_ANNOTATION,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  FactKinds,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { Intent, MatrixInference } from '@envmatrix/engine';
import { ConfiguredSources } from '../collector/ConfiguredSources';
import { FactStore } from '../store/FactStore';
import { SourceStates } from '../store/SourceStates';
import {
  EnvironmentDefinition,
  intentFromApplications,
  intentFromDefinitions,
} from './inferIntent';
import { ownedApplications } from './ownedApplications';

/** The intent of an entity, how it was found where nobody wrote it, and what is wrong with it now. */
export interface FoundIntent {
  readonly intent?: Intent;
  readonly inference?: MatrixInference;
  readonly problem?: string;
}

/**
 * The environments of an entity: from its intent, else from app-config, else as its applications in Argo CD tell.
 */
export class IntentReader {
  readonly #facts: FactStore;
  readonly #states: SourceStates;
  readonly #configured: ConfiguredSources;
  readonly #definitions: readonly EnvironmentDefinition[];

  constructor(options: {
    facts: FactStore;
    states: SourceStates;
    configured: ConfiguredSources;
    definitions: readonly EnvironmentDefinition[];
  }) {
    this.#facts = options.facts;
    this.#states = options.states;
    this.#configured = options.configured;
    this.#definitions = options.definitions;
  }

  async read(entity: TrackedEntity): Promise<FoundIntent> {
    const annotations = entity.entity.metadata.annotations ?? {};
    return annotations[INTENT_ANNOTATION] === undefined
      ? await this.#infer(entity)
      : await this.#readDeclared(entity);
  }

  /** The intent as it was read last. */
  async #readDeclared({ entityRef }: TrackedEntity): Promise<FoundIntent> {
    const kind = FactKinds.intent;
    const scopes = [entityRef];
    const [[fact], [problemFact]] = await Promise.all([
      this.#facts.find<Intent>({ kind, scopes, names: [''] }),
      this.#facts.find<{ problem?: string }>({
        kind,
        scopes,
        names: ['problem'],
      }),
    ]);
    const problem = problemFact?.value.problem;
    if (fact) {
      return { intent: fact.value, problem };
    }
    return {
      problem:
        problem ??
        this.#troubleOf('scm') ??
        'The intent of this entity is being read',
    };
  }

  async #infer({ entity }: TrackedEntity): Promise<FoundIntent> {
    if (this.#definitions.length > 0) {
      return intentFromDefinitions(entity, this.#definitions);
    }
    const applications = await ownedApplications(this.#facts, entity);
    const found = intentFromApplications(
      entity,
      applications.map(({ value }) => value),
    );
    return found ?? { problem: this.#nothingFound(entity) };
  }

  #nothingFound(entity: TrackedEntity['entity']): string {
    const annotations = entity.metadata.annotations ?? {};
    const selector =
      annotations[ARGOCD_APP_SELECTOR_ANNOTATION] ??
      annotations[ARGOCD_APP_NAME_ANNOTATION];
    const missing = `The entity does not say where its intent is: it has no annotation ${INTENT_ANNOTATION}`;
    if (selector === undefined) {
      return missing;
    }
    const project = annotations[ARGOCD_PROJECT_ANNOTATION];
    const trouble = this.#troubleOf('argocd');
    return `${missing}. Its environments would be taken from its applications in Argo CD, but ${
      trouble ??
      `no instance has one for '${selector}'${
        project === undefined ? '' : ` in project '${project}'`
      }`
    }`;
  }

  /** What is wrong with a source of this kind, of which nothing was heard for that reason, or with the configuration of all of them. */
  #troubleOf(kind: string): string | undefined {
    return (
      this.#states
        .all()
        .find(source => source.kind === kind && source.status !== 'observed')
        ?.reason ?? this.#configured.failureOf(kind)
    );
  }
}
