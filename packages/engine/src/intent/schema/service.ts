import { z } from 'zod';
import { name, path, port } from './names';

const PROBES = {
  startup: '/healthz',
  readiness: '/readyz',
  liveness: '/healthz',
} as const;

/** What the service is: the same in every environment. */
export const service = z
  .looseObject({
    port: port.default(8080).describe('The port that it listens on.'),
    probes: z
      .looseObject({
        startup: path
          .default(PROBES.startup)
          .describe('Answers once the service has started.'),
        readiness: path
          .default(PROBES.readiness)
          .describe('Answers while it can take requests.'),
        liveness: path
          .default(PROBES.liveness)
          .describe('Answers unless it has to be started anew.'),
      })
      .default({ ...PROBES })
      .describe('The paths that Kubernetes asks.'),
    image: z
      .string()
      .regex(
        /^[^\s:@]+(:[0-9]+\/[^\s:@]+)?$/,
        'must be a repository without tag or digest',
      )
      .optional()
      .describe('The image repository that releases are tags of.'),
    initialVersion: z
      .string()
      .regex(
        /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
        "must be an image tag such as '0.1.0'",
      )
      .default('0.1.0')
      .describe('The tag that every overlay starts with.'),
    secrets: z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z_][A-Za-z0-9_]*$/,
            "must be the name of an environment variable such as 'DATABASE_URL'",
          ),
      )
      .optional()
      .describe('Names of the secrets that it reads as environment variables.'),
    database: z
      .enum(['none', 'postgres'])
      .default('none')
      .describe('The database that each environment gets.'),
    exposure: z
      .enum(['none', 'gateway', 'ingress'])
      .default('none')
      .describe('How requests from outside reach it.'),
    podSecurity: z
      .enum(['restricted', 'baseline'])
      .default('restricted')
      .describe('The pod security standard that every namespace enforces.'),
  })
  .default({
    port: 8080,
    probes: { ...PROBES },
    initialVersion: '0.1.0',
    database: 'none',
    exposure: 'none',
    podSecurity: 'restricted',
  });

/** The door that requests come through, where the service is exposed. */
export const ingress = z.looseObject({
  class: z
    .string()
    .optional()
    .describe('IngressClass, with exposure `ingress`: `nginx`, `traefik`.'),
  gateway: z
    .looseObject({
      name: name.describe('Name of the Gateway.'),
      namespace: name.describe('Namespace of the Gateway.'),
      sectionName: z
        .string()
        .optional()
        .describe('Listener of the Gateway; all of them when absent.'),
    })
    .optional()
    .describe('The Gateway that routes attach to, with exposure `gateway`.'),
});
