import { Command } from 'commander';
import { ruleCatalogue, rulesDocument } from '@envmatrix/engine';
import { Surroundings } from '../Surroundings';
import { bold, dim } from '../output/style';
import { json, withFormat } from './options';
import { parseRules } from './ruleIds';

interface RulesFlags {
  format: 'text' | 'json' | 'markdown';
}

/** `environments rules`: the catalogue, or what one rule says. */
export function addRules(program: Command, surroundings: Surroundings) {
  const command = program
    .command('rules')
    .description('Explains rules: all of them, or those that are named.')
    .argument('[ids...]', 'rules to explain, K8S-04 for example');
  withFormat(command, ['text', 'json', 'markdown']).action(
    (ids: string[], { format }: RulesFlags) => {
      const asked = ids.length > 0 ? parseRules(ids.join(',')) : undefined;
      const rules = ruleCatalogue.filter(
        ({ id }) => asked?.includes(id) ?? true,
      );
      switch (format) {
        case 'json':
          surroundings.write(json({ rules }));
          return;
        case 'markdown':
          surroundings.write(rulesDocument(asked));
          return;
        default:
          surroundings.write(
            asked
              ? rules.map(explained).join('\n')
              : rules
                  .map(({ id, title }) => `${bold(id.padEnd(8))}${title}\n`)
                  .join(''),
          );
      }
    },
  );
}

function explained(rule: (typeof ruleCatalogue)[number]): string {
  return [
    `${bold(rule.id)}  ${rule.title}`,
    `  ${rule.semantics}`,
    `  ${dim(`${rule.kind}; judged from ${rule.sources.join(', ')}`)}`,
    `  → ${rule.remedy}`,
    '',
  ].join('\n');
}
