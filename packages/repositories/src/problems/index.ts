export { intentProblems } from './intentProblems';
export { assertRenderable } from './assertRenderable';
