import { JsonObject, isObject } from '../model/json';
import { writtenBlocks } from './configuration';
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

/** Files that complete a backend: `prod.tfbackend`, `backend-prod.hcl`, `backends/prod.hcl`, `state.tfvars`. */
export function isBackendFile(name: string): boolean {
  return (
    /\.tfbackend$/.test(name) ||
    (/\.(hcl|tfvars|conf|config)$/.test(name) &&
      !/(^|\/)(terragrunt|root|\.terraform\.lock|\.tflint)\.hcl$|\.(pkr|pkrvars|tftest|tfmock|nomad)\.hcl$/.test(
        name,
      ) &&
      /(^|[/_.-])(backends?|backend[_-]?configs?|state|remote[_-]?state)([/_.-]|$)/i.test(
        name,
      ))
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
