import { Intent, validateIntent } from '@envmatrix/engine';

/** Every gate that an intent can have. */
export const SIX_GATES = [
  { health: true },
  { soak: '24h' },
  { approval: { by: ['group:default/release-managers', 'user:default/ada'] } },
  {
    freeze: {
      deny: [
        {
          cron: '0 16 * * FRI',
          duration: '64h',
          timeZone: 'Europe/Berlin',
          reason: 'No deployments over the weekend',
        },
      ],
      allow: [{ cron: '0 8 * * MON-FRI', duration: '10h' }],
    },
  },
  { parity: true },
  { syncWindow: true },
] as const;

/** The intent with other gates, and other words about the delivery, in some of its environments. */
export function withDelivery(
  intent: Intent,
  changes: Readonly<Record<string, object>>,
): Intent {
  const result = validateIntent(
    JSON.parse(
      JSON.stringify({
        ...intent,
        environments: intent.environments.map(environment => ({
          ...environment,
          delivery: { ...environment.delivery, ...changes[environment.name] },
        })),
      }),
    ),
  );
  if (!result.ok) {
    throw new Error(
      result.problems
        .map(({ field, message }) => `${field}: ${message}`)
        .join('\n'),
    );
  }
  return result.intent;
}
