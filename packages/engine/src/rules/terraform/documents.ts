import { factsDigest } from '../../intent';
import { Rule, RuleContext, notApplicable } from '../rule';
import { needsFiles } from './verdicts';

const DOCUMENT = /(^|\/)docs\/environment-architecture\.md$/;

export const documentFacts: Rule = {
  id: 'ENV-10',
  kind: 'sources agree',
  title: 'The architecture document says what the intent says',
  guideStep: 4,
  sources: ['terraform', 'intent'],
  semantics:
    'The digest of facts that docs/environment-architecture.md carries is that of the intent: nothing that the document tells has changed since it was rendered.',
  remedy: 'Render the repositories again: environments render.',
  appliesTo: context => {
    const files = needsFiles(context);
    return files.applies && factsOf(context) === undefined
      ? notApplicable(
          'docs/environment-architecture.md is not there, or carries no digest of facts',
        )
      : files;
  },
  evaluate: context => {
    const found = factsOf(context);
    if (found === undefined) {
      return [];
    }
    const names = context.intent.environments.map(({ name }) => name);
    const isCurrent = found.digest === factsDigest(context.intent);
    return [
      {
        outcome: isCurrent ? 'pass' : 'fail',
        environments: names,
        subject: found.file,
        values: {},
        locations: Object.fromEntries(
          names.map(name => [name, `${found.file}:${found.line}`]),
        ),
        ...(isCurrent
          ? {}
          : {
              reason: `${found.file} was rendered from other facts than the intent has now`,
            }),
      },
    ];
  },
};

/** The digest in the front matter of the document. */
function factsOf(context: RuleContext) {
  const file = context.terraform?.files.find(({ name }) => DOCUMENT.test(name));
  const [head = ''] = file?.text.split(/\n---\n/) ?? [];
  const lines = head.split('\n');
  const line = lines.findIndex(text => /^facts: "?[0-9a-f]{16}"?$/.test(text));
  const digest = /[0-9a-f]{16}/.exec(lines[line] ?? '')?.[0];
  return file && digest !== undefined
    ? { file: file.name, line: line + 1, digest }
    : undefined;
}
