import { FilePlan, PlannedFile } from '@envmatrix/repositories';

/** What becomes of the files of a repository, a line each, as Markdown. */
export function planText({ files, conflicts }: FilePlan): string {
  const executable = files.filter(file => file.executable);
  const lines = [
    ...files.map(file => `- \`${file.path}\`: ${fateOf(file)}`),
    ...conflicts.map(
      ({ path, problem }) => `- \`${path}\`: left alone. It ${problem}`,
    ),
    ...(executable.length > 0
      ? [
          `\nMake executable before the merge: ${executable
            .map(({ path }) => `\`git update-index --chmod=+x ${path}\``)
            .join(', ')}`,
        ]
      : []),
  ];
  return lines.length > 0
    ? lines.join('\n')
    : 'Everything is as the skeleton has it.';
}

function fateOf({ before, after, isEdited }: PlannedFile): string {
  if (before === undefined) {
    return 'new';
  }
  if (after === undefined) {
    return isEdited ? 'goes, with what was done by hand' : 'goes';
  }
  return isEdited ? 'changed, with what was done by hand' : 'changed';
}
