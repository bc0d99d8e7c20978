import { inspect } from 'util';
import {
  coreServices,
  createServiceFactory,
  LoggerService,
} from '@backstage/backend-plugin-api';

/** Everything that a backend logs, at every level and with everything that belongs to it. */
export function capturedLog() {
  const lines: string[] = [];
  const write = (message: string, meta?: unknown) => {
    lines.push(`${message} ${inspect(meta, { depth: null })}`);
  };
  const logger: LoggerService = {
    error: write,
    warn: write,
    info: write,
    debug: write,
    child: () => logger,
  };
  return {
    text: () => lines.join('\n'),
    feature: createServiceFactory({
      service: coreServices.rootLogger,
      deps: {},
      factory: () => logger,
    }),
  };
}
