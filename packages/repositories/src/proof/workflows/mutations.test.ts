import { defaultDeployConfig } from '../deployConfigs';
import { edited } from '../mutations/edit';
import { WORKFLOW_MUTATIONS, WorkflowMutation } from '../mutations/workflows';
import { gitlabProblems } from './__testUtils__/gitlabProblems';
import { lintWorkflows } from './__testUtils__/lintWorkflows';
import { workflowProblems } from './__testUtils__/workflowProblems';

const configs = {
  github: defaultDeployConfig('github'),
  gitlab: defaultDeployConfig('gitlab'),
  gitea: defaultDeployConfig('gitea'),
};

function caughtBy(mutation: WorkflowMutation): string[] {
  const before = configs[mutation.dialect].read(mutation.file);
  const after = edited(before, mutation);
  if ('lint' in mutation.caught) {
    return lintWorkflows([{ path: mutation.file, content: after }]);
  }
  const problems =
    mutation.dialect === 'gitlab' ? gitlabProblems : workflowProblems;
  expect(problems(before)).toEqual([]);
  return problems(after).map(({ kind }) => kind);
}

describe('a pipeline that was made worse', () => {
  it.each(
    WORKFLOW_MUTATIONS.map(mutation => [mutation.name, mutation] as const),
  )('is caught: %s', (_, mutation) => {
    const { caught } = mutation;
    const words = 'lint' in caught ? caught.lint : caught.rule;
    expect(caughtBy(mutation).filter(said => said.includes(words))).not.toEqual(
      [],
    );
  });
});
