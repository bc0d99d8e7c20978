import fs from 'fs';
import path from 'path';
import { validateIntent, Intent } from '@envmatrix/engine';
import { Answers, intentFromAnswers } from '../answers';
import { renderRepositories } from '../renderRepositories';
import { RenderedRepositories, RepositoryFile } from '../types';

const FOLDER = path.resolve(
  __dirname,
  '../../../../templates/multi-environment-service/skeleton',
);

let files: RepositoryFile[] | undefined;

/** The skeleton of the template, read once. */
export function readTemplateSkeleton(): readonly RepositoryFile[] {
  files ??= fs
    .readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .map(file => ({
      path: path.relative(FOLDER, file),
      content: fs.readFileSync(file, 'utf8'),
      executable: (fs.statSync(file).mode & 0o111) !== 0,
    }));
  return files;
}

/** The intent of some answers; an error says why there is none. */
export function intentOfAnswers(answers: Answers): Intent {
  const result = validateIntent(
    intentFromAnswers(answers, {
      repositoryUrl: ({ host, owner, name }) =>
        `https://${host}/${owner}/${name}`,
    }),
  );
  if (!result.ok) {
    throw new Error(
      result.problems
        .map(({ field, message }) => `${field}: ${message}`)
        .join('\n'),
    );
  }
  return result.intent;
}

/** Both repositories of some answers, from the skeleton of the template. */
export function renderAnswers(answers: Answers): RenderedRepositories {
  return renderRepositories({
    intent: intentOfAnswers(answers),
    skeleton: readTemplateSkeleton(),
  });
}
