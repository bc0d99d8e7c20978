export { createGitHost, type GitHostOptions } from './createGitHost';
export { GitRepositories } from './GitRepositories';
export { GitModel } from './model';
