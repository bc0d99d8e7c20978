import { Liquid } from 'liquidjs';
import { parse } from 'yaml';
import { z } from 'zod';
import { RenderError, RepositoryFile } from './types';

/** The file that says which folders of a skeleton make which repository, and when. */
export const SKELETON_FILE = 'skeleton.yaml';

const condition = z.string().min(1);

const skeletonSchema = z.strictObject({
  /** A later layer replaces the files of an earlier one that have the same path. */
  layers: z
    .array(
      z.strictObject({
        folder: z.string().min(1),
        repository: z.enum(['infrastructure', 'deploy-config']),
        when: condition.optional(),
      }),
    )
    .min(1),
  files: z
    .array(z.strictObject({ path: z.string().min(1), when: condition }))
    .default([]),
});

export type SkeletonRules = z.infer<typeof skeletonSchema>;

/** What a skeleton says of itself; without a word, one folder for each repository. */
export function readSkeleton(files: readonly RepositoryFile[]): SkeletonRules {
  const file = files.find(({ path }) => path === SKELETON_FILE);
  if (!file) {
    return {
      layers: [
        { folder: 'infrastructure', repository: 'infrastructure' },
        { folder: 'deploy-config', repository: 'deploy-config' },
      ],
      files: [],
    };
  }
  let value: unknown;
  try {
    value = parse(file.content);
  } catch (error) {
    throw new RenderError(
      SKELETON_FILE,
      error instanceof Error ? error.message.split('\n')[0] : String(error),
    );
  }
  const parsed = skeletonSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RenderError(
      SKELETON_FILE,
      `${issue.path.map(String).join('.')}: ${issue.message}`,
    );
  }
  return parsed.data;
}

/** Whether a condition holds: a condition of Liquid, over the values of the template. */
export function holds(
  engine: Liquid,
  when: string | undefined,
  scope: object,
): boolean {
  if (when === undefined) {
    return true;
  }
  try {
    return (
      engine.parseAndRenderSync(`{% if ${when} %}yes{% endif %}`, scope) ===
      'yes'
    );
  } catch (error) {
    throw new RenderError(
      SKELETON_FILE,
      `when: ${when}: ${
        error instanceof Error ? error.message.split('\n')[0] : String(error)
      }`,
    );
  }
}

/** Conditions of the paths that a pattern covers; `**` stands for any folders, `*` for a part of a name. */
export function conditionOf(
  rules: SkeletonRules,
  path: string,
): string | undefined {
  const conditions = rules.files
    .filter(rule => patternOf(rule.path).test(path))
    .map(rule => rule.when);
  return conditions.length === 0 ? undefined : conditions.join(' and ');
}

function patternOf(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/?|\*)/)
    .map(part => {
      switch (part) {
        case '**/':
          return '(?:.*/)?';
        case '**':
          return '.*';
        case '*':
          return '[^/]*';
        default:
          return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
      }
    })
    .join('');
  return new RegExp(`^${source}$`);
}
