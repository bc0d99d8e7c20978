import { z } from 'zod';

/**
 * A DNS-1123 label.
 */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** At most 30 characters, so that `<service>-staging` and the names derived from it stay below 63. */
export const SERVICE_NAME_MAX_LENGTH = 30;

export const name = z
  .string()
  .regex(
    DNS_LABEL,
    'must be a DNS label: lower-case letters, digits and hyphens, starting and ending with a letter or digit',
  );

export const serviceName = name.max(
  SERVICE_NAME_MAX_LENGTH,
  `must be at most ${SERVICE_NAME_MAX_LENGTH} characters`,
);

export const environmentName = name.max(20, 'must be at most 20 characters');

export const hostName = z
  .string()
  .regex(
    /^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    "must be a host name such as 'checkout.example.com'",
  );

export const quantity = z
  .string()
  .regex(
    /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
    "must be a Kubernetes quantity such as '500m', '1' or '512Mi'",
  );

export const port = z
  .number()
  .int()
  .min(1024, 'must be 1024 or more: the container does not run as root')
  .max(65535);

export const path = z
  .string()
  .regex(/^\/\S*$/, "must be a path that starts with '/'");

/** `10.10.0.0/16` */
export const cidr = z
  .string()
  .regex(
    /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}\/(3[0-2]|[12]?\d)$/,
    "must be an IPv4 network such as '10.10.0.0/16'",
  );

/** `1h`, `30d` */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]*[smhdw]$/, "must be a duration such as '1h' or '30d'");

export const accountId = z.string().regex(/^[0-9]{12}$/, 'must have 12 digits');
