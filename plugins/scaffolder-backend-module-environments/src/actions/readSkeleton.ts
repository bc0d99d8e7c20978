import { UrlReaderService } from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { fetchContents } from '@backstage/plugin-scaffolder-node';
import { readTextFiles } from '@envmatrix/checkout';

/**
 * The files of the skeleton that a template has beside it.
 *
 * @param skeletonPath - relative to the template; `./skeleton` by default.
 */
export async function readSkeleton(
  context: {
    createTemporaryDirectory(): Promise<string>;
    readonly templateInfo?: { readonly baseUrl?: string };
  },
  options: {
    integrations: ScmIntegrations;
    reader: UrlReaderService;
    skeletonPath: string | undefined;
  },
): ReturnType<typeof readTextFiles> {
  const { integrations, reader, skeletonPath = './skeleton' } = options;
  const folder = await context.createTemporaryDirectory();
  await fetchContents({
    reader,
    integrations,
    baseUrl: context.templateInfo?.baseUrl,
    fetchUrl: skeletonPath,
    outputPath: folder,
  });
  return await readTextFiles(folder);
}
