import { TerraformFile, TerraformRoot } from '../../terraform/types';
import { Rule, RuleContext } from '../rule';
import { placesBeside, spellings } from './otherPlaces';
import { ownBlocks } from './values';
import {
  BlockStart,
  needsFiles,
  onRoot,
  rootsOf,
  placeOfSetting,
  placeOfArgument,
} from './verdicts';

/** What the name of an environment is called. */
const ENVIRONMENT = [
  'environment',
  'env',
  'environment_name',
  'env_name',
  'deployment_environment',
  'stage',
];

export const environmentVariable: Rule = {
  id: 'TF-05',
  kind: 'sources agree',
  title: 'The variable environment is the folder that it stands in',
  guideStep: 8,
  sources: ['terraform', 'plan'],
  semantics:
    'Folder, variable file and the variable or local environment name the same environment, as do the arguments of modules; a plan was made with it.',
  remedy:
    'Set environment to the name of the folder, and let a validation of the variable hold it there.',
  appliesTo: needsFiles,
  evaluate: context =>
    rootsOf(context)
      .filter(({ files, plan }) => files.size > 0 || plan)
      .flatMap(root => {
        const said = environmentsSaid(root);
        const planned = ENVIRONMENT.flatMap(name => {
          const value = root.plan?.variables[name];
          return typeof value === 'string' ? [{ name, value }] : [];
        });
        const problems = [
          ...said
            .filter(({ name, value }) => isAnother(context, root, name, value))
            .map(({ name, value, ...where }) =>
              onRoot(context, root, {
                argument: name,
                value,
                ...where,
                reason: `${root.folder || root.name} sets ${name} to ${value}${
                  root.isShared ? ` for ${root.place}` : ''
                }`,
              }),
            ),
          ...strangeFiles(context, root).map(file =>
            onRoot(context, root, {
              file,
              reason: `${file.name} is named for another environment than its folder`,
            }),
          ),
          ...planned
            .filter(({ name, value }) => isAnother(context, root, name, value))
            .map(({ name, value }) =>
              onRoot(context, root, {
                argument: name,
                value,
                reason: `The plan of ${root.name} was made with ${name} = ${value}`,
              }),
            ),
        ];
        if (problems.length > 0) {
          return problems;
        }
        return said.length === 0 && planned.length === 0
          ? [
              onRoot(context, root, {
                outcome: 'unknown',
                reason: `No variable file of ${root.name} sets environment, and no local or argument that can be read does: pass --plan ${root.name}=FILE`,
              }),
            ]
          : [onRoot(context, root)];
      }),
};

/** What variables, locals and arguments of modules call the environment; what they pass on is said once. */
function environmentsSaid(root: TerraformRoot): {
  name: string;
  value: string;
  file?: TerraformFile;
  within?: BlockStart;
  near?: string;
}[] {
  const settings = ENVIRONMENT.flatMap(name => {
    const setting = root.settings.get(name);
    return typeof setting?.value === 'string'
      ? [{ name, value: setting.value, ...placeOfSetting(setting) }]
      : [];
  });
  const passed = ownBlocks(root, 'module').flatMap(block =>
    ENVIRONMENT.flatMap(name => {
      const value = block.values[name];
      return typeof value === 'string' &&
        !settings.some(setting => setting.value === value)
        ? [
            {
              name,
              value,
              ...placeOfArgument(block, name),
            },
          ]
        : [];
    }),
  );
  return [...settings, ...passed];
}

/** Whether a value names another place than that of the root. A stage may be called anything that is no environment. */
function isAnother(
  context: RuleContext,
  root: TerraformRoot,
  name: string,
  value: string,
): boolean {
  const own = [
    root.place,
    root.name,
    ...(root.isPlatform ? [] : root.environments.flatMap(spellings(context))),
  ];
  if (own.some(word => word.toLowerCase() === value.toLowerCase())) {
    return false;
  }
  if (name === 'environment') {
    return root.environments.length > 0;
  }
  return placesBeside(context, root).some(
    ({ words }) => words.includes(value) || words.includes(value.toLowerCase()),
  );
}

function strangeFiles(
  context: RuleContext,
  root: TerraformRoot,
): TerraformFile[] {
  const places = placesBeside(context, root).flatMap(({ words }) => words);
  return root.tfvars.filter(({ name }) => {
    const base = name.slice(name.lastIndexOf('/') + 1).split('.')[0];
    return base !== root.place && places.includes(base);
  });
}
