import { TerraformFile } from '../../terraform/types';
import { Rule } from '../rule';
import { placesBeside } from './otherPlaces';
import { RootLiterals } from './rootLiterals';
import { needsFiles, onRoot, rootsOf } from './verdicts';

export const foreignReferences: Rule = {
  id: 'TF-06',
  kind: 'absolute',
  title: 'No root names another environment',
  guideStep: 7,
  sources: ['terraform'],
  semantics:
    'Neither files nor variables of a root name another environment, in a remote state, a bucket, a host or a literal; the shared platform that it stands on is the exception. A map with an entry for each environment may name them all.',
  remedy:
    'Take the value from the own variables, or from the output of the shared platform.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context)
      .filter(({ files, isPlatform }) => files.size > 0 && !isPlatform)
      .flatMap(root => {
        const others = placesBeside(context, root);
        const patterns = others.map(({ name, words }) => ({
          name,
          pattern: wordsPattern(words),
        }));
        const texts = new RootLiterals(root, others);
        const problems = [
          ...root.files.values(),
          ...root.tfvars,
          ...(root.backend?.completedBy ? [root.backend.completedBy] : []),
        ].flatMap(file =>
          texts.of(file).flatMap(({ text, argument }) => {
            const plain = nameable(text);
            const other = patterns.find(({ pattern }) => pattern.test(plain));
            return other === undefined || isProse(text)
              ? []
              : [
                  onRoot(context, root, {
                    argument,
                    value: text,
                    file,
                    line: lineWith(file, argument, text),
                    reason: `${file.name} of ${root.name} names ${other.name}: ${text}`,
                  }),
                ];
          }),
        );
        return problems.length > 0 ? problems : [onRoot(context, root)];
      }),
};

/** Prose, such as a description, may speak of every environment. */
function isProse(text: string): boolean {
  return /\s/.test(text.trim());
}

/** Finds words where no letter or digit touches them. */
function wordsPattern(words: readonly string[]): RegExp {
  const escaped = words.map(word =>
    word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`(^|[^A-Za-z0-9])(${escaped.join('|')})([^A-Za-z0-9]|$)`);
}

/** A text without a device below `/dev`, and the last part of a host: they are no environment. */
function nameable(text: string): string {
  return text
    .replace(/^\/dev\/(?=[a-z])/, ' ')
    .replace(/\.(dev|test|int)(?=$|[/:?#"'])/g, ' ');
}

/** The line where a text stands, in the argument if there is such a line; 0 where it is put together from pieces. */
function lineWith(file: TerraformFile, argument: string, text: string): number {
  const lines = file.text.split('\n');
  const holds = (line: string) =>
    line.includes(text) && !/^\s*(#|\/\/)/.test(line);
  const inArgument = lines.findIndex(
    line => holds(line) && line.includes(argument),
  );
  return (inArgument >= 0 ? inArgument : lines.findIndex(holds)) + 1;
}
