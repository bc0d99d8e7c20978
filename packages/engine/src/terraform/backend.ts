import { JsonObject, isObject } from '../model/json';
import { lastOf, writtenBlocks } from './configuration';
import { TerraformBackend, TerraformFile } from './types';

/** The `backend` or `cloud` block of a root. */
export function backendOf(
  files: readonly TerraformFile[],
): TerraformBackend | undefined {
  return writtenBlocks(files, 'terraform')
    .flatMap(({ body, file }) => [
      ...kindsOf(body.backend).map(([type, config]) => ({
        type,
        config,
        file,
      })),
      ...first(body.cloud).map(config => ({ type: 'cloud', config, file })),
    ])
    .at(-1);
}

function kindsOf(value: unknown): [string, JsonObject][] {
  return (Array.isArray(value) ? value : [value])
    .filter(isObject)
    .flatMap(kinds =>
      Object.entries(kinds).flatMap(([type, configs]) =>
        first(configs).map((config): [string, JsonObject] => [type, config]),
      ),
    );
}

function first(value: unknown): JsonObject[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject).slice(0, 1);
}

/** Words by which a file is for a backend. */
const BACKEND =
  /(^|[/_.-])(backends?|backend[_-]?configs?|state|remote[_-]?state)([/_.-]|$)/i;

/** `hcl` that other programs read. */
const OTHERS =
  /(^|\/)(terragrunt|root|\.terraform\.lock|\.tflint)\.hcl$|\.(pkr|pkrvars|tftest|tfmock|nomad)\.hcl$/;

/**
 * Files that complete a backend: `prod.tfbackend`, `backend-prod.hcl`, `backends/prod.hcl`, `state.tfvars`. A file of
 * variables is one by its own name alone: a folder may be called after what is at the back.
 */
export function isBackendFile(name: string): boolean {
  if (/\.tfvars$/.test(name)) {
    return BACKEND.test(lastOf(name));
  }
  return (
    /\.tfbackend$/.test(name) ||
    (/\.(hcl|conf|config)$/.test(name) &&
      !OTHERS.test(name) &&
      BACKEND.test(name))
  );
}

/** A backend with what a file adds to it; what the file says wins, as on the command line. */
export function completed(
  backend: TerraformBackend,
  file: TerraformFile,
): TerraformBackend {
  return {
    ...backend,
    config: {
      ...backend.config,
      ...(isObject(file.json) ? file.json : {}),
    },
    completedBy: file,
  };
}
