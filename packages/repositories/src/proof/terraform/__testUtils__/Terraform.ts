import { execFile } from 'child_process';
import fs from 'fs';
import os from 'os';
import path from 'path';

const PROVIDER = path.resolve(__dirname, 'provider/provider.ts');
const VERSION = '6.25.0';
const MACHINES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

/** What a run of the program came to. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** The program, where it is installed. Without it the proof is not run, and the test command says so. */
export const terraformProgram = (process.env.PATH ?? '')
  .split(path.delimiter)
  .map(folder => path.join(folder, 'terraform'))
  .find(file => fs.existsSync(file));

/**
 * Runs Terraform on files in a folder of its own. The AWS provider is the stand-in, out of a mirror on disk: nothing reaches a
 * registry or an account.
 */
export class Terraform {
  private constructor(readonly directory: string) {}

  static async create(): Promise<Terraform> {
    const directory = await fs.promises.mkdtemp(
      path.join(os.tmpdir(), 'terraform-proof-'),
    );
    const machine = `${process.platform}_${
      MACHINES[process.arch] ?? process.arch
    }`;
    const home = path.join(
      directory,
      'mirror/registry.terraform.io/hashicorp/aws',
      VERSION,
      machine,
    );
    await fs.promises.mkdir(home, { recursive: true });
    await fs.promises.writeFile(
      path.join(home, `terraform-provider-aws_v${VERSION}`),
      `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${PROVIDER}'\n`,
      { mode: 0o755 },
    );
    await fs.promises.writeFile(
      path.join(directory, 'terraform.rc'),
      `provider_installation {\n  filesystem_mirror {\n    path    = "${directory}/mirror"\n    include = ["registry.terraform.io/*/*"]\n  }\n}\n`,
    );
    return new Terraform(directory);
  }

  /** Writes files into a folder of the given name. */
  async write(
    name: string,
    files: ReadonlyMap<string, string>,
  ): Promise<string> {
    const folder = path.join(this.directory, 'repositories', name);
    for (const [file, content] of files) {
      const target = path.join(folder, file);
      await fs.promises.mkdir(path.dirname(target), { recursive: true });
      await fs.promises.writeFile(target, content);
    }
    return folder;
  }

  /** Runs it, whatever it comes to. */
  run(
    folder: string,
    args: readonly string[],
    account?: string,
  ): Promise<Outcome> {
    return this.execute(terraformProgram ?? 'terraform', folder, args, account);
  }

  /** Runs another program, which may run Terraform. */
  execute(
    program: string,
    folder: string,
    args: readonly string[],
    account?: string,
  ): Promise<Outcome> {
    return new Promise(resolve => {
      execFile(
        program,
        args,
        {
          cwd: folder,
          maxBuffer: 1 << 26,
          env: {
            PATH: process.env.PATH,
            HOME: this.directory,
            TF_CLI_CONFIG_FILE: path.join(this.directory, 'terraform.rc'),
            TF_DISABLE_PLUGIN_TLS: '1',
            TF_IN_AUTOMATION: '1',
            CHECKPOINT_DISABLE: '1',
            ...(account === undefined ? {} : { STAND_IN_ACCOUNT_ID: account }),
          },
        },
        (error, stdout, stderr) =>
          resolve({
            code: error === null ? 0 : exitCode(error),
            output: `${stdout}${stderr}`,
          }),
      );
    });
  }

  /** Runs it, and fails with what it printed unless it succeeds. */
  async succeed(
    folder: string,
    args: readonly string[],
    account?: string,
  ): Promise<string> {
    const { code, output } = await this.run(folder, args, account);
    if (code !== 0) {
      throw new Error(
        `terraform ${args.join(' ')} in ${path.relative(
          this.directory,
          folder,
        )} ended with ${code}:\n${output}`,
      );
    }
    return output;
  }

  /**
   * Lets a root of AWS keep its state on disk: an override beside it, as Terraform provides for it. A root that shares a cluster
   * reads the state of its platform from there.
   */
  async keepStateOnDisk(
    folder: string,
    root: string,
    platform?: string,
  ): Promise<void> {
    const place = (name: string) =>
      path.join(folder, '../../.state', `${name}.tfstate`);
    await fs.promises.writeFile(
      path.join(folder, 'state_override.tf'),
      `terraform {\n  backend "local" {\n    path = "${place(root)}"\n  }\n}\n${
        platform === undefined
          ? ''
          : `data "terraform_remote_state" "platform" {\n  backend = "local"\n  config  = { path = "${place(
              platform,
            )}" }\n}\n`
      }`,
    );
  }

  async remove(): Promise<void> {
    await fs.promises.rm(this.directory, { recursive: true, force: true });
  }
}

/** What did not end by itself has no code. */
function exitCode({ code }: { code?: unknown }): number {
  return typeof code === 'number' ? code : -1;
}
