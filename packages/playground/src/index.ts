export { createGitHost, GitModel, GitRepositories } from './git';
