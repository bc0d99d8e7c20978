import { Edit } from './edit';

/** One thing done wrong to a generated pipeline, and the rule that has to see it. */
export interface WorkflowMutation extends Edit {
  readonly name: string;
  readonly dialect: 'github' | 'gitlab' | 'gitea';
  /** A kind of problem of the project's own rules, or words of actionlint. */
  readonly caught: { readonly rule: string } | { readonly lint: string };
}

const PROMOTE = '.github/workflows/promote.yaml';
const VALIDATE = '.github/workflows/validate.yaml';
const DELIVER = 'docs/deliver.github.yaml';
const GITEA = '.gitea/workflows/promote.yaml';
const GITLAB = '.gitlab-ci.yml';

const onGitHub = (
  name: string,
  edit: Edit,
  caught: WorkflowMutation['caught'],
): WorkflowMutation => ({ name, dialect: 'github', ...edit, caught });

const onGitLab = (
  name: string,
  from: string | RegExp,
  to: string,
  rule: string,
): WorkflowMutation => ({
  name,
  dialect: 'gitlab',
  file: GITLAB,
  from,
  to,
  caught: { rule },
});

export const WORKFLOW_MUTATIONS: readonly WorkflowMutation[] = [
  onGitHub(
    'an input pasted into a script',
    {
      file: PROMOTE,
      from: '"$SERVICE" "$TO" "$VERSION"',
      to: '"$SERVICE" "$TO" ${{ inputs.version }}',
    },
    { rule: 'injection' },
  ),
  onGitHub(
    'the name of a branch pasted into a script',
    {
      file: VALIDATE,
      from: 'origin/$BASE',
      to: 'origin/${{ github.base_ref }}',
    },
    { rule: 'injection' },
  ),
  onGitHub(
    'an action by its tag',
    {
      file: PROMOTE,
      from: /checkout@[0-9a-f]{40} # v5\.0\.0/,
      to: 'checkout@v5',
    },
    { rule: 'pin' },
  ),
  onGitHub(
    'a commit without the version that it stands for',
    { file: DELIVER, from: / # v6\.18\.0/, to: '' },
    { rule: 'pin' },
  ),
  onGitHub(
    'no permissions, so all of them',
    { file: PROMOTE, from: 'permissions: {}\n', to: '' },
    { rule: 'permissions' },
  ),
  onGitHub(
    'every permission',
    { file: VALIDATE, from: 'permissions: {}', to: 'permissions: write-all' },
    { rule: 'permissions' },
  ),
  onGitHub(
    'a job without an end',
    { file: VALIDATE, from: '    timeout-minutes: 10\n', to: '' },
    { rule: 'timeout' },
  ),
  onGitHub(
    'two promotions into one environment at a time',
    { file: PROMOTE, from: /concurrency:\n.*\n.*\n/, to: '' },
    { rule: 'concurrency' },
  ),
  onGitHub(
    'one queue for all environments',
    { file: PROMOTE, from: '-${{ inputs.to }}\n  cancel', to: '\n  cancel' },
    { rule: 'concurrency' },
  ),
  onGitHub(
    'a token of a person',
    {
      file: PROMOTE,
      from: '${{ steps.app.outputs.token }}',
      to: '${{ secrets.CONFIG_REPO_TOKEN }}',
    },
    { rule: 'personal-token' },
  ),
  onGitHub(
    'a token for every repository of the app',
    { file: DELIVER, from: /^ +repositories: .*\n/m, to: '' },
    { rule: 'wide-token' },
  ),
  onGitHub(
    'nobody who commits',
    { file: PROMOTE, from: /^ +git config user\.(name|email).*\n/m, to: '' },
    { rule: 'identity' },
  ),
  onGitHub(
    'a token left in the clone',
    {
      file: VALIDATE,
      from: /^ +with:\n +persist-credentials: false\n/m,
      to: '',
    },
    { rule: 'kept-credentials' },
  ),
  onGitHub(
    'rights for pull requests of strangers',
    { file: VALIDATE, from: '  pull_request:', to: '  pull_request_target:' },
    { rule: 'untrusted-trigger' },
  ),
  onGitHub(
    'a promotion from any branch',
    { file: PROMOTE, from: /^ +if: github\.ref == .*\n/m, to: '' },
    { rule: 'any-branch' },
  ),
  onGitHub(
    'an input that does not exist',
    {
      file: PROMOTE,
      from: 'VERSION: ${{ inputs.version }}',
      to: 'VERSION: ${{ inputs.image_tag }}',
    },
    { lint: 'image_tag' },
  ),
  onGitHub(
    'an output of a step that does not exist',
    {
      file: PROMOTE,
      from: 'steps.promotion.outputs.way',
      to: 'steps.promoted.outputs.way',
    },
    { lint: 'promoted' },
  ),
  {
    name: 'Gitea: an input pasted into a script',
    dialect: 'gitea',
    file: GITEA,
    from: '"HEAD:refs/heads/$BRANCH"',
    to: '"HEAD:refs/heads/promote/${{ inputs.to }}"',
    caught: { rule: 'injection' },
  },
  {
    name: 'Gitea: nobody who commits',
    dialect: 'gitea',
    file: GITEA,
    from: /^ +git config user\.name.*\n/m,
    to: '',
    caught: { rule: 'identity' },
  },
  onGitLab(
    'GitLab: a variable that is split into words',
    '"$SERVICE" "$TO" "$VERSION"',
    '"$SERVICE" "$TO" $VERSION',
    'injection',
  ),
  onGitLab(
    'GitLab: an input pasted into a script',
    '"$SERVICE" "$TO" "$VERSION"',
    '"$SERVICE" "$TO" "$[[ inputs.version ]]"',
    'injection',
  ),
  onGitLab(
    'GitLab: an image that is another one tomorrow',
    /image: docker\.io\/alpine\/k8s:.*/,
    'image: docker.io/alpine/k8s:latest',
    'pin',
  ),
  onGitLab(
    'GitLab: two promotions at a time',
    /^ +resource_group: .*\n/m,
    '',
    'concurrency',
  ),
  onGitLab(
    'GitLab: a promotion from any branch',
    '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $TO',
    '$TO',
    'any-branch',
  ),
  onGitLab('GitLab: a job without an end', /^ +timeout: .*\n/m, '', 'timeout'),
  onGitLab(
    'GitLab: nobody who commits',
    /^ +- git config user\.name.*\n/m,
    '',
    'identity',
  ),
  onGitLab(
    'GitLab: a stage that does not exist',
    'stage: promote',
    'stage: promotion',
    'form',
  ),
  onGitLab(
    'GitLab: a keyword that does not exist',
    'interruptible: false',
    'interuptible: false',
    'form',
  ),
];
