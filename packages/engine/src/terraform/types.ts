import { JsonObject } from '../model/json';
import type { Overriding } from './configuration';
import type { Expression } from './expression/parse';

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
  /** Attributes that only applying will tell. */
  readonly unknown: JsonObject;
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

/** A block of a root, or of a module in the repository that it uses. */
export interface TerraformBlock {
  /** `resource`, `module`, `provider` */
  readonly type: string;
  /** `aws_db_instance.main`, `module.database`, `module.stack.aws_db_instance.main`, `aws` */
  readonly address: string;
  readonly labels: readonly string[];
  /** Arguments as they are written. */
  readonly body: JsonObject;
  /**
   * Arguments with their values; what is not known is `UNKNOWN`. So is `count` where it cannot be told whether the block makes
   * anything: for a `for_each` that is not known, and in a module of which that is so.
   */
  readonly values: JsonObject;
  readonly file: TerraformFile;
  /** Which one it is among those of its file with the same labels. */
  readonly index: number;
  readonly overrides: readonly Overriding[];
}

/** A module of a root that is not looked into, so that what it makes is not known. */
export interface UnreadModule {
  /** `module.stack.module.database` */
  readonly address: string;
  /** As it is written: `../../modules/database`. */
  readonly source: string;
  /** Why: to be put after the name of the module and "is". */
  readonly reason: string;
  readonly block: TerraformBlock;
}

/** A value of a root: of a variable that is set or has a default, or of a local. */
export interface TerraformSetting {
  readonly name: string;
  readonly value: unknown;
  /** The file that gives it. */
  readonly file: TerraformFile;
  /** The block in it, for a default and a local; absent for a file of variables. */
  readonly block?: {
    readonly type: 'variable' | 'locals';
    readonly index: number;
  };
}

/** Where a root keeps its state. */
export interface TerraformBackend {
  /** `s3`; `cloud` for the block of that name. */
  readonly type: string;
  /** Arguments of the block, and of the file that completes it. */
  readonly config: JsonObject;
  readonly file: TerraformFile;
  /** The file that the missing arguments come from, where the repository has one for this root. */
  readonly completedBy?: TerraformFile;
}

/** A root module: what one `terraform apply` works on. */
export interface TerraformRoot {
  /** Name of its folder, from the environment or shared platform on: `prod`, `prod/network`. */
  readonly name: string;
  readonly folder: string;
  /** The word by which it is that of its environment or platform: the name of a folder, variable file or workspace. */
  readonly place: string;
  /** Roots with the same one make the same things in different environments: the folder without the word. */
  readonly component: string;
  /** Environments that it serves; several for a shared platform. */
  readonly environments: readonly string[];
  readonly isPlatform: boolean;
  /** Files in the folder itself, by their names. */
  readonly files: ReadonlyMap<string, TerraformFile>;
  /** The files that give its variables, the one that decides last, and what they give. */
  readonly tfvars: readonly TerraformFile[];
  readonly variables: JsonObject;
  /** Variables with their defaults, and locals. */
  readonly settings: ReadonlyMap<string, TerraformSetting>;
  /** Resources, data sources, modules and providers, those of modules in the repository among them. */
  readonly blocks: readonly TerraformBlock[];
  /** Those among them that are switched off: repeated no times. */
  readonly unmade: readonly TerraformBlock[];
  /**
   * Modules of the repository that are not looked into: that a resource is not among the blocks says nothing while there is
   * one of them.
   */
  readonly unread: readonly UnreadModule[];
  /** The value of something that is written in this root; see `UNKNOWN`. */
  readonly evaluate: (written: unknown) => unknown;
  /** The value of an expression that stands in this root. */
  readonly decide: (expression: Expression) => unknown;
  readonly backend?: TerraformBackend;
  /** Several environments are applied from the one folder, each with variables or a workspace of its own. */
  readonly isShared: boolean;
  /** The workspace that it is applied in, where that is how environments are told apart. */
  readonly workspace?: string;
  /** Why nothing can be said of its files. */
  readonly notRead?: string;
  readonly plan?: TerraformPlan;
}

export interface TerraformModel {
  /** Undefined where the repository was not given, but plans were. */
  readonly roots: readonly TerraformRoot[];
  /** Whether files were given, and not plans alone. */
  readonly hasFiles: boolean;
  readonly files: readonly TerraformFile[];
}
