import { Place } from './places';
import { TerraformFile } from './types';

/** Folders that hold what roots are made of, or what is applied once and by hand. */
export const NO_ROOT =
  /(^|\/)(modules|\.terraform|\.terragrunt-cache|bootstrap|tests|examples?|fixtures)(\/|$)/;

/** What a folder may be for: files of it, and what is set for one environment. */
export interface Candidate {
  readonly folder: string;
  readonly name: string;
  readonly component: string;
  readonly place: Place;
  readonly files: readonly TerraformFile[];
  readonly tfvars: readonly TerraformFile[];
  readonly backends: readonly TerraformFile[];
  readonly isShared: boolean;
  readonly workspace?: string;
  readonly notRead?: string;
}

/** A candidate without files. */
export const EMPTY = {
  folder: '',
  files: [],
  tfvars: [],
  backends: [],
  isShared: false,
};

/** The files that are for one environment of a folder. */
export interface OfEnvironment {
  readonly place: Place;
  readonly tfvars: TerraformFile[];
  readonly backends: TerraformFile[];
}
