import { Intent } from './schema';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * A digest of what documents tell of an intent: a document that carries another one is out of date. FNV-1a with 64 bits
 * over canonical JSON, as 16 hexadecimal digits; it tells changes, and proves nothing to an adversary.
 *
 * @public
 */
export function factsDigest(intent: Intent): string {
  const facts = {
    service: intent.metadata.name,
    isolation: intent.isolation,
    cloud: intent.cloud,
    clusters: intent.clusters.map(({ name, environments, aws }) => ({
      name,
      environments,
      aws,
    })),
    environments: intent.environments,
    exposure: intent.service.exposure,
    database: intent.service.database,
    gates: intent.prodGate,
  };
  let digest = OFFSET;
  for (const byte of new TextEncoder().encode(canonical(facts))) {
    digest = BigInt.asUintN(64, (digest ^ BigInt(byte)) * PRIME);
  }
  return digest.toString(16).padStart(16, '0');
}

/** JSON in which the order of keys does not matter, and what is absent is not there. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).sort(([left], [right]) =>
            left < right ? -1 : 1,
          ),
        )
      : inner,
  );
}
