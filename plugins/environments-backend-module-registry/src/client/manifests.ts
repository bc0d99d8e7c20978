import { z } from 'zod';

const annotations = z
  .record(z.string(), z.string())
  .nullish()
  .catch(undefined)
  .transform(value => value ?? {});

const descriptor = z.looseObject({
  mediaType: z.string().optional(),
  digest: z.string(),
  annotations,
  platform: z
    .looseObject({ os: z.string(), architecture: z.string() })
    .optional()
    .catch(undefined),
});

/** An image index, or Docker's manifest list: one entry for each platform, and some for what is said about them. */
const indexSchema = z.looseObject({
  manifests: z.array(descriptor),
  annotations,
});

/** An image manifest, OCI's or Docker's of the second schema. */
const manifestSchema = z.looseObject({ config: descriptor, annotations });

export const configSchema = z.looseObject({
  config: z
    .looseObject({
      Labels: z
        .record(z.string(), z.string())
        .nullish()
        .catch(undefined)
        .transform(value => value ?? {}),
    })
    .nullish(),
});

export type Index = z.infer<typeof indexSchema>;
export type Manifest = z.infer<typeof manifestSchema>;
export type Descriptor = z.infer<typeof descriptor>;

/** What is asked for: indexes and manifests of both families. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const CONFIG_TYPES = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/** By shape, as a manifest need not repeat its media type. */
export function readManifest(
  value: unknown,
): { index: Index } | { manifest: Manifest } | undefined {
  const index = indexSchema.safeParse(value);
  if (index.success) {
    return { index: index.data };
  }
  const manifest = manifestSchema.safeParse(value);
  return manifest.success ? { manifest: manifest.data } : undefined;
}

/** What else is stored as images (charts, signatures) has configurations without labels. */
export function hasLabels({ mediaType }: Descriptor): boolean {
  return mediaType === undefined || CONFIG_TYPES.has(mediaType);
}

/** Platforms are built from one commit: any of them tells, those first that most clusters run. Attestations are not images. */
export function platformOf({ manifests }: Index): Descriptor | undefined {
  const images = manifests.filter(
    ({ platform, annotations: own }) =>
      platform?.os !== 'unknown' &&
      own['vnd.docker.reference.type'] === undefined,
  );
  const linux = (architecture: string) =>
    images.find(
      ({ platform }) =>
        platform?.os === 'linux' && platform.architecture === architecture,
    );
  return linux('amd64') ?? linux('arm64') ?? images[0];
}
