import {
  Fact,
  OnDemandAccess,
  OnDemandReading,
  OnDemandRequest,
} from '@envmatrix/backstage-plugin-environments-node';
import { TestSource } from './TestSource';

/** A cluster that lets in nobody but people, each with what a test says. */
export class UserTokenSource extends TestSource {
  readonly requests: OnDemandRequest[] = [];
  readonly onDemand: OnDemandAccess;
  readonly #answers = new Map<
    string,
    (request: OnDemandRequest) => Promise<OnDemandReading>
  >();

  constructor(name: string) {
    super('kubernetes', name);
    this.onDemand = {
      needs: { authProvider: 'oidc', tokenProvider: 'okta' },
      read: async request => {
        this.requests.push(request);
        const answer = this.#answers.get(request.token);
        return answer
          ? await answer(request)
          : {
              observation: { status: 'forbidden', reason: 'Sign in again' },
              isTokenRefused: true,
              facts: [],
            };
      },
    };
  }

  /** What the person with this token sees. */
  shows(token: string, facts: readonly Fact[]): void {
    this.answers(token, async () => ({
      observation: { status: 'observed' },
      facts,
    }));
  }

  answers(
    token: string,
    answer: (request: OnDemandRequest) => Promise<OnDemandReading>,
  ): void {
    this.#answers.set(token, answer);
  }
}
