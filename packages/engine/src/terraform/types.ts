import { JsonObject } from '../model/json';

/**
 * A file of an infrastructure repository.
 *
 * @public
 */
export interface TerraformFile {
  /** Path in the repository, with forward slashes. */
  readonly name: string;
  readonly text: string;
  /**
   * What is in it: blocks by type, labels and argument, as `hcl2json` writes HCL; expressions are strings like `${var.environment}`.
   * Absent for what is not HCL.
   */
  readonly json?: unknown;
}

/** A resource that a plan speaks of. */
export interface PlannedResource {
  /** `module.database[0].aws_db_instance.this` */
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
  /** Attributes after the plan is applied; empty for what goes. */
  readonly after: JsonObject;
}

/** A plan, as `terraform show -json` writes it. */
export interface TerraformPlan {
  readonly terraformVersion?: string;
  /** ISO 8601 */
  readonly timestamp?: string;
  readonly variables: JsonObject;
  readonly resources: readonly PlannedResource[];
  /** Addresses that were changed outside of Terraform since it last looked. */
  readonly drifted: readonly string[];
  readonly checks: readonly {
    readonly address: string;
    readonly status: string;
  }[];
}

/** A root module: what one `terraform apply` works on. */
export interface TerraformRoot {
  /** Name of its folder: that of an environment, or of a shared platform. */
  readonly name: string;
  readonly folder: string;
  /** Environments that it serves; several for a shared platform. */
  readonly environments: readonly string[];
  readonly isPlatform: boolean;
  /** Files in the folder itself, by their names. */
  readonly files: ReadonlyMap<string, TerraformFile>;
  /** The files that give its variables, and what they give. */
  readonly tfvars: readonly TerraformFile[];
  readonly variables: JsonObject;
  readonly backend?: {
    readonly type: string;
    readonly config: JsonObject;
    readonly file: TerraformFile;
  };
  readonly plan?: TerraformPlan;
}

export interface TerraformModel {
  /** Undefined where the repository was not given, but plans were. */
  readonly roots: readonly TerraformRoot[];
  /** Whether files were given, and not plans alone. */
  readonly hasFiles: boolean;
  readonly files: readonly TerraformFile[];
}
