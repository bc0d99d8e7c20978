import fs from 'fs';
import path from 'path';
import { z } from 'zod';
import { ConfigKey } from './ConfigKey';
import { readConfigKeys } from './readConfigKeys';

const ROOT = path.resolve(__dirname, '../../../../..');

const packageSchema = z.object({
  name: z.string(),
  configSchema: z.string().optional(),
});

export interface ConfiguredPackage {
  readonly name: string;
  /** From the root of the repository. */
  readonly folder: string;
  /** Where its `config.d.ts` is, as a path of this machine. */
  readonly file: string;
  readonly keys: readonly ConfigKey[];
}

/** The packages that declare configuration by `configSchema`: plugins before the portal. */
export function configuredPackages(): ConfiguredPackage[] {
  return ['plugins', 'packages'].flatMap(workspace =>
    fs
      .readdirSync(path.join(ROOT, workspace))
      .sort()
      .flatMap(name => {
        const folder = `${workspace}/${name}`;
        const manifest = path.join(ROOT, folder, 'package.json');
        if (!fs.existsSync(manifest)) {
          return [];
        }
        const declared = packageSchema.parse(
          JSON.parse(fs.readFileSync(manifest, 'utf8')),
        );
        if (declared.configSchema === undefined) {
          return [];
        }
        const file = path.join(ROOT, folder, declared.configSchema);
        return [
          {
            name: declared.name,
            folder,
            file,
            keys: readConfigKeys(
              `${folder}/${declared.configSchema}`,
              fs.readFileSync(file, 'utf8'),
            ),
          },
        ];
      }),
  );
}
