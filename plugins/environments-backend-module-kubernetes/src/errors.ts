import { Observation } from '@envmatrix/engine';
import { z } from 'zod';

/**
 * Why a request to a cluster failed, told apart by who said so: the cluster's API server, the Kubernetes plugin, or the network.
 */
export type ClusterFailure =
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason: string;
      readonly message: string;
      /** When it asked to be asked again, in milliseconds from then. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'timeout'; readonly message: string }
  | { readonly kind: 'not-configured'; readonly message: string }
  | { readonly kind: 'portal'; readonly message: string };

export class ClusterRequestError extends Error {
  constructor(readonly failure: ClusterFailure) {
    super(failure.message);
    this.name = 'ClusterRequestError';
  }
}

const statusSchema = z.looseObject({
  kind: z.literal('Status'),
  code: z.number().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

const backstageSchema = z.looseObject({
  error: z.looseObject({
    name: z.string(),
    message: z.string().optional(),
    cause: z
      .looseObject({
        code: z.string().optional(),
        message: z.string().optional(),
      })
      .optional(),
  }),
});

const TIMEOUT_CODES = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** How Node says that it does not trust whom it is talking to. */
const CERTIFICATE_CODES = /CERT|^UNABLE_TO_(VERIFY|GET_ISSUER)|^ERR_TLS_/;

/** What a load balancer says whose API server is gone; an API server itself would send a Status. */
const NO_UPSTREAM = new Set([502, 503, 504]);

/** Reads an answer that is not a success. */
export function failureOfResponse(
  cluster: string,
  status: number,
  body: string,
  retryAfter?: string | null,
): ClusterFailure {
  const value = parseJson(body);
  const apiStatus = statusSchema.safeParse(value);
  const wait = retryAfterOf(retryAfter);
  if (apiStatus.success) {
    const { code, reason, message } = apiStatus.data;
    return {
      kind: 'status',
      code: code ?? status,
      reason: reason ?? '',
      message: message ?? `HTTP ${status}`,
      ...wait,
    };
  }
  const backstage = backstageSchema.safeParse(value);
  if (!backstage.success && NO_UPSTREAM.has(status)) {
    return {
      kind: 'unreachable',
      message: `Cluster ${cluster} cannot be reached: HTTP ${status} from what is in front of it`,
    };
  }
  if (!backstage.success) {
    return {
      kind: 'status',
      code: status,
      reason: '',
      message: `HTTP ${status}: ${body.slice(0, 200).trim()}`,
      ...wait,
    };
  }
  const { name, message, cause } = backstage.data.error;
  if (name === 'NotFoundError') {
    return {
      kind: 'not-configured',
      message: `The Kubernetes plugin knows no cluster '${cluster}'`,
    };
  }
  if (cause?.code && TIMEOUT_CODES.has(cause.code)) {
    return {
      kind: 'timeout',
      message: `Cluster ${cluster} did not answer: ${cause.code}`,
    };
  }
  if (cause?.code && CERTIFICATE_CODES.test(cause.code)) {
    return {
      kind: 'unreachable',
      message: `The certificate of cluster ${cluster} is not accepted (${cause.code}): check its caData in the Kubernetes configuration`,
    };
  }
  if (status >= 500) {
    return {
      kind: 'unreachable',
      message: `Cluster ${cluster} cannot be reached: ${
        cause?.code ?? cause?.message ?? message ?? name
      }`,
    };
  }
  return {
    kind: 'portal',
    message: `The Kubernetes plugin refuses the request: ${message ?? name}`,
  };
}

/** What a redirection says; of where it leads to no more than whose address that is, as the rest may hold a ticket. */
export function movedFailure(
  cluster: string,
  status: number,
  location: string,
): ClusterFailure {
  const where = URL.canParse(location)
    ? ` on to ${new URL(location).origin}`
    : ' on';
  return {
    kind: 'status',
    code: status,
    reason: '',
    message: `Cluster ${cluster} sends the portal${where}; if it has moved, put its new address into the Kubernetes configuration`,
  };
}

/** Whether the cluster answered at all, if only to refuse something. */
export function hasAnswered(failure: ClusterFailure): boolean {
  return failure.kind === 'status' && failure.code !== 401;
}

/** What a failure says of the cluster as a source. */
export function observationOf(
  cluster: string,
  failure: ClusterFailure,
): Observation {
  switch (failure.kind) {
    case 'unreachable':
    case 'timeout':
    case 'not-configured':
      return { status: failure.kind, reason: failure.message };
    case 'portal':
      return { status: 'forbidden', reason: failure.message };
    case 'status':
      if (failure.code === 401) {
        return {
          status: 'forbidden',
          reason: `Cluster ${cluster} does not accept the portal's credentials: ${failure.message}`,
        };
      }
      if (failure.code === 403) {
        return {
          status: 'forbidden',
          reason: `Cluster ${cluster} does not permit it: ${failure.message}`,
        };
      }
      return {
        status: 'stale',
        reason: `Cluster ${cluster} answers with an error: ${failure.message}`,
      };
    default:
      throw new Error(
        `Unknown failure ${JSON.stringify(failure satisfies never)}`,
      );
  }
}

/** Seconds; a date, which the header may carry too, is not what an API server sends. */
function retryAfterOf(header: string | null | undefined): {
  retryAfterMs?: number;
} {
  const seconds = Number(header || NaN);
  return seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
