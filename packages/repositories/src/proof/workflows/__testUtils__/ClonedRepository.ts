import fs from 'fs';
import path from 'path';
import { defaultDeployConfig } from '../../deployConfigs';
import { Outcome, run, writeFiles } from '../../programs';

/** Git that depends on nothing of this machine. */
export const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  PUSH_PAUSE: '0',
};

/** A generated repository on a git host made of a folder, and a clone of it. */
export class ClonedRepository {
  readonly origin: string;
  readonly clone: string;

  private constructor(readonly folder: string) {
    this.origin = path.join(folder, 'origin.git');
    this.clone = path.join(folder, 'clone');
  }

  static create(
    folder: string,
    files = defaultDeployConfig().files,
  ): ClonedRepository {
    const repository = new ClonedRepository(folder);
    const { clone, origin } = repository;
    repository.git(
      'init',
      '--quiet',
      '--bare',
      '--initial-branch=main',
      origin,
    );
    repository.git('init', '--quiet', '--initial-branch=main', clone);
    writeFiles(clone, files);
    // A relative address, so that a copy of both is a pair of its own.
    repository.git('-C', clone, 'remote', 'add', 'origin', '../origin.git');
    repository.git('-C', clone, 'add', '--all');
    repository.git('-C', clone, 'commit', '--quiet', '-m', 'First');
    repository.git('-C', clone, 'push', '--quiet', '-u', 'origin', 'main');
    return repository;
  }

  /** Another one like it, which knows nothing of the first. */
  copyTo(folder: string): ClonedRepository {
    fs.cpSync(this.folder, folder, { recursive: true });
    return new ClonedRepository(folder);
  }

  git(...args: string[]): string {
    const { code, stdout, stderr } = run('git', args, {
      cwd: this.folder,
      env: IDENTITY,
    });
    if (code !== 0) {
      throw new Error(`git ${args.join(' ')}: ${stderr}`);
    }
    return stdout;
  }

  script(
    name: string,
    args: readonly string[],
    clone = this.clone,
    env: Readonly<Record<string, string>> = {},
  ): Outcome {
    return run(path.join(clone, 'scripts', name), args, {
      cwd: clone,
      env: { ...IDENTITY, ...env },
    });
  }

  /** Lines that a revision has and the one before has not, and the other way round. */
  changed(revision = 'HEAD'): string[] {
    return this.git(
      '-C',
      this.clone,
      'show',
      '--format=',
      '--unified=0',
      revision,
    )
      .split('\n')
      .filter(line => /^[+-]/.test(line));
  }

  commits(): number {
    return Number(this.git('-C', this.clone, 'rev-list', '--count', 'HEAD'));
  }

  /** Another clone, as someone else has it at the same time. */
  another(): string {
    const clone = path.join(this.folder, 'another');
    this.git('clone', '--quiet', this.origin, clone);
    return clone;
  }
}
