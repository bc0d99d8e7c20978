import { HumanDuration } from '@backstage/types';

export interface Config {
  environments?: {
    sources?: {
      scm?: {
        /**
         * How often the head of each deploy-config repository is looked at: one small request per repository.
         * @defaultValue `30s`
         * @example 1m
         */
        interval?: HumanDuration | string;
      };
    };
  };
}
