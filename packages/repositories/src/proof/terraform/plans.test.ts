import fs from 'fs';
import path from 'path';
import { COMBINATIONS, intentOfAnswers } from '../../testing';
import {
  renderInfrastructure,
  rootsOf,
  sharesCluster,
  valuesOf,
} from './__testUtils__/renderInfrastructure';
import { Terraform, terraformProgram } from './__testUtils__/Terraform';

jest.setTimeout(300_000);

const rendered = COMBINATIONS.map(({ name, answers }, index) => {
  const intent = intentOfAnswers(answers);
  const files = renderInfrastructure(intent);
  return {
    name,
    cloud: intent.cloud,
    folder: `repository-${index}`,
    files,
    roots: rootsOf(files),
  };
});

/** Combinations that differ in the deploy-config repository alone have the same infrastructure: each distinct one once. */
const repositories = rendered.filter(
  ({ files }, index) =>
    rendered.findIndex(
      other => terraformOf(other.files) === terraformOf(files),
    ) === index,
);

/** What Terraform reads. The two programs differ in the version that is demanded, and in nothing else. */
function terraformOf(files: ReadonlyMap<string, string>): string {
  return JSON.stringify(
    [...files].filter(([file]) => /\.(tf|tfvars|hcl)$/.test(file)),
  ).replace(/required_version = [^,]*?\\n/g, '');
}

/** Files below a folder, with their paths in it. */
function below(files: ReadonlyMap<string, string>, folder: string) {
  return new Map(
    [...files]
      .filter(([file]) => file.startsWith(`${folder}/`))
      .map(([file, text]) => [file.slice(folder.length + 1), text]),
  );
}

/** Distinct folders of all combinations, each once: most are the same everywhere. */
function distinct(pattern: RegExp) {
  const found = new Map<
    string,
    { label: string; files: Map<string, string> }
  >();
  for (const { name, files } of repositories) {
    const folders = new Set(
      [...files.keys()].flatMap(file => pattern.exec(file)?.[0] ?? []),
    );
    for (const folder of folders) {
      const inside = below(files, folder);
      const key = terraformOf(inside);
      if (!found.has(key)) {
        found.set(key, { label: `${folder} of ${name}`, files: inside });
      }
    }
  }
  return [...found.values()];
}

const modules = distinct(/^modules\/[^/]+/);
// Accounts differ in every combination; the code differs by the git host.
const bootstraps = distinct(/^bootstrap/).filter(
  ({ files }, index, all) =>
    all.findIndex(other => codeOf(other.files) === codeOf(files)) === index,
);

function codeOf(files: ReadonlyMap<string, string>): string {
  return JSON.stringify([...files].filter(([file]) => file.endsWith('.tf')));
}

/** What a root is made of: roots that only name or size something differently plan alike. */
const shapeOf = (values: string) =>
  [
    ...values.matchAll(
      /^(production|create_cluster|create_database)\s*=\s*(\S+)$/gm,
    ),
  ]
    .map(([, name, value]) => `${name}=${value}`)
    .join(' ');

const accountOf = (values: string) =>
  /^aws_account_id\s*=\s*"(\d+)"$/m.exec(values)?.[1];

/** The root whose state a root reads. */
const platformOf = (values: string) =>
  /\/([^/"]+)\/terraform\.tfstate"/.exec(
    /platform_state = \{[^}]*\}/.exec(values)?.[0] ?? '',
  )?.[1];

/** Roots of AWS whose shape no root before them has. */
const fresh = new Set<string>();
const shapes = new Set<string>();
for (const { name, cloud, files, roots } of repositories) {
  for (const root of cloud === 'aws' ? roots : []) {
    const shape = shapeOf(valuesOf(files, root));
    if (!shapes.has(shape)) {
      shapes.add(shape);
      fresh.add(`${name}/${root}`);
    }
  }
}

it('stands in for every resource and data source of AWS that is used', () => {
  const schemas: {
    resources: Record<string, unknown>;
    dataSources: Record<string, unknown>;
  } = JSON.parse(
    fs.readFileSync(
      path.join(__dirname, '__fixtures__/aws-provider-schema.json'),
      'utf8',
    ),
  );
  const text = repositories
    .flatMap(({ files }) => [...files])
    .filter(([file]) => file.endsWith('.tf'))
    .map(([, content]) => content)
    .join('\n');
  const used = (block: string) =>
    [
      ...new Set(
        [
          ...text.matchAll(new RegExp(`^${block} "(aws_[a-z0-9_]+)"`, 'gm')),
        ].map(([, type]) => type),
      ),
    ].sort();
  expect(Object.keys(schemas.resources).sort()).toEqual(used('resource'));
  expect(Object.keys(schemas.dataSources).sort()).toEqual(used('data'));
});

if (terraformProgram) {
  let terraform: Terraform;

  beforeAll(async () => {
    terraform = await Terraform.create();
    for (const { folder, files } of repositories) {
      await terraform.write(folder, files);
    }
  });

  afterAll(() => terraform.remove());

  it('is formatted', async () => {
    await expect(
      terraform.run(terraform.directory, [
        'fmt',
        '-check',
        '-diff',
        '-recursive',
        'repositories',
      ]),
    ).resolves.toEqual({ code: 0, output: '' });
  });

  it.each(modules.map((module, index) => ({ ...module, index })))(
    'passes its own tests: $label',
    async ({ files, index }) => {
      const folder = await terraform.write(`module-${index}`, files);
      await terraform.succeed(folder, ['init', '-input=false']);
      const output = await terraform.succeed(folder, ['test', '-no-color']);
      expect(output).toMatch(/Success! [1-9]\d* passed, 0 failed/);
    },
  );

  it.each(bootstraps.map((bootstrap, index) => ({ ...bootstrap, index })))(
    'prepares an account: $label',
    async ({ files, index }) => {
      const folder = await terraform.write(`bootstrap-${index}`, files);
      const [, name, id] =
        /^ {2}"([^"]+)" = \{\n\s+id\s+= "(\d+)"/m.exec(
          files.get('accounts.auto.tfvars') ?? '',
        ) ?? [];
      await terraform.succeed(folder, [
        'init',
        '-input=false',
        `-backend-config=path=${name}.tfstate`,
      ]);
      const args = [
        'plan',
        '-no-color',
        '-input=false',
        `-var=account=${name}`,
      ];
      await expect(terraform.succeed(folder, args, id)).resolves.toContain(
        'aws_s3_bucket_policy.state will be created',
      );
      const elsewhere = await terraform.run(folder, args, '999999999999');
      expect(elsewhere.code).toBe(1);
      expect(elsewhere.output).toContain('account ID not allowed');
    },
  );

  it.each(
    repositories.filter(
      ({ name, cloud, roots }) =>
        cloud === 'local' || roots.some(root => fresh.has(`${name}/${root}`)),
    ),
  )(
    'plans, applies and has nothing left to do, root by root: $name',
    async ({ name, folder, files, roots, cloud }) => {
      const planned: string[] = [];
      const tested: string[] = [];
      const work = async (root: string) => {
        const values = valuesOf(files, root);
        // On AWS: each shape once, and the platforms that other roots read. What the stand-in makes is not worth a look.
        const isFresh = cloud === 'local' || fresh.has(`${name}/${root}`);
        const isRead = roots.some(
          other =>
            platformOf(valuesOf(files, other)) === root &&
            (cloud === 'local' || fresh.has(`${name}/${other}`)),
        );
        if (!isFresh && !isRead) {
          return;
        }
        const place = path.join(
          terraform.directory,
          'repositories',
          folder,
          'environments',
          root,
        );
        const account = accountOf(values);
        const varFile = `-var-file=${root}.tfvars`;
        if (cloud === 'aws') {
          await terraform.keepStateOnDisk(place, root, platformOf(values));
        }
        await terraform.succeed(place, ['init', '-input=false']);
        const tests = isFresh
          ? await terraform.succeed(place, ['test', '-no-color', varFile])
          : '';
        const plan = await terraform.succeed(
          place,
          ['plan', '-no-color', '-input=false', varFile, '-out=plan.out'],
          account,
        );
        expect(plan).toMatch(
          /Plan: [1-9]\d* to add, 0 to change, 0 to destroy/,
        );
        planned.push(root);
        tested.push(
          ...(tests.includes('Success! 3 passed, 0 failed') ? [root] : []),
        );
        if (cloud === 'local' || isRead) {
          await terraform.succeed(
            place,
            ['apply', '-no-color', '-input=false', 'plan.out'],
            account,
          );
        }
        if (cloud === 'local') {
          await terraform.succeed(place, [
            'plan',
            '-input=false',
            varFile,
            '-detailed-exitcode',
          ]);
        }
      };
      const isDependent = (root: string) => sharesCluster(files, root);
      await Promise.all(roots.filter(root => !isDependent(root)).map(work));
      await Promise.all(roots.filter(isDependent).map(work));
      const demanded = roots.filter(
        root => cloud === 'local' || fresh.has(`${name}/${root}`),
      );
      expect(planned).toEqual(expect.arrayContaining(demanded));
      expect(tested.sort()).toEqual([...demanded].sort());
    },
  );
}
