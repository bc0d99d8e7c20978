import { HumanDuration } from '@backstage/types';

export interface Config {
  environments?: {
    sources?: {
      scm?: {
        /**
         * How often the head of each deploy-config repository is looked at: one small request per repository. 30 seconds by default.
         */
        interval?: HumanDuration | string;
      };
    };
  };
}
