import { parseInfrastructure } from './loadInfrastructure';

const parse = async (path: string, content: string) =>
  (await parseInfrastructure([{ path, content }]))[0].json;

describe('files of an infrastructure repository', () => {
  it.each([
    'prod.tfbackend',
    'backend-prod.hcl',
    'backends/prod.conf',
    'envs/prod/backend.config',
  ])('%s tells of a backend', async path => {
    expect(await parse(path, 'bucket = "a"\n')).toEqual({ bucket: 'a' });
  });

  it.each(['terragrunt.hcl', 'image.pkr.hcl', 'nginx.conf', 'job.hcl'])(
    '%s does not',
    async path => {
      expect(await parse(path, 'a = "b"\n')).toBeUndefined();
    },
  );

  it('may be for another program, whatever their folder is called', async () => {
    expect(await parse('backend/nginx.conf', 'a b;\n')).toBeUndefined();
  });

  it('say where a backend cannot be read', async () => {
    await expect(
      parse('prod.tfbackend', 'bucket = "a"\nkey "b"\n'),
    ).rejects.toThrow(/^prod\.tfbackend:2: /);
  });

  it.each<[string, number]>([
    ['{\n"a": 1,\n}', 3],
    ['{\n"a": 1\n"b": 2\n}', 3],
    ['{\n"a": [1,\n2,]\n}', 3],
    ['{\n"a": {},\n"b": tru\n}', 3],
    ['{\n"a": "b', 2],
    ['{\n\n"a": [\n', 4],
    ['{}\n\n{}', 3],
    ['{\n"a" 1}', 2],
    ['{\n"a": "\t"}', 2],
    ['{\n"a": [],\n"b": {"c": null}}}', 3],
    ['', 1],
  ])('say where JSON cannot be read: %j', async (content, line) => {
    await expect(parse('main.tf.json', content)).rejects.toThrow(
      new RegExp(`^main\\.tf\\.json:${line}: `),
    );
  });
});
