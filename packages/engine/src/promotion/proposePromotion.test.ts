import { parse } from 'yaml';
import { intentOf } from '../testing';
import { PromotionError } from './PromotionError';
import { proposePromotion } from './proposePromotion';

const intent = intentOf();

const staging = 'apps/checkout/overlays/staging/kustomization.yaml';
const prod = 'apps/checkout/overlays/prod/kustomization.yaml';

const overlay = (images: string) => `# What runs where.
resources:
    - ../../base      # four spaces, on purpose

images: # the release
${images}
patches: [ { path: patch.yaml } ]
`;

const entry = (fields: string) =>
  overlay(`  - name: checkout\n    newName: ghcr.io/acme/checkout\n${fields}`);

function promote(files: Record<string, string>) {
  return proposePromotion({ intent, from: 'staging', to: 'prod', files });
}

describe('proposePromotion', () => {
  it('changes the tag and not one other byte', () => {
    const before = entry(`    newTag: "1.0.0" # promoted\n`);
    const result = promote({
      [staging]: entry(`    newTag: "1.1.0"\n`),
      [prod]: before,
    });
    expect(result).toEqual({
      files: [{ path: prod, before, after: before.replace('1.0.0', '1.1.0') }],
      release: { from: '1.0.0', to: '1.1.0' },
    });
  });

  it('changes nothing when git already says so', () => {
    const same = entry(`    newTag: 1.1.0\n`);
    expect(promote({ [staging]: same, [prod]: same })).toEqual({
      files: [],
      release: { from: '1.1.0', to: '1.1.0' },
    });
  });

  it.each([
    ['plain', `    newTag: 1.0.0\n`, `    newTag: 1.1.0\n`],
    ['single quotes', `    newTag: '1.0.0'\n`, `    newTag: '1.1.0'\n`],
    ['a number', `    newTag: 7\n`, `    newTag: 1.1.0\n`],
    ['Windows line ends', `    newTag: 1.0.0\r\n`, `    newTag: 1.1.0\r\n`],
  ])('keeps the writing: %s', (_what, before, after) => {
    const result = promote({
      [staging]: entry(`    newTag: "1.1.0"\n`),
      [prod]: entry(before),
    });
    expect(result.files[0].after).toBe(entry(after));
  });

  it.each(['1.10', '0123', '1e3', 'yes', 'y', '20260101', '0x10', '1_000'])(
    'quotes the tag %s, which is a number or a boolean without quotes',
    tag => {
      const result = promote({
        [staging]: entry(`    newTag: "${tag}"\n`),
        [prod]: entry(`    newTag: 1.0.0\n`),
      });
      expect(result.files[0].after).toBe(entry(`    newTag: "${tag}"\n`));
    },
  );

  it('takes an unquoted tag in the source as it is written', () => {
    const result = promote({
      [staging]: entry(`    newTag: 1.10\n`),
      [prod]: entry(`    newTag: "1.9"\n`),
    });
    expect(result.release).toEqual({ from: '1.9', to: '1.10' });
    expect(result.files[0].after).toBe(entry(`    newTag: "1.10"\n`));
  });

  const digest = `sha256:${'a'.repeat(64)}`;

  it.each([
    [
      'a digest that the target lacks',
      `    newTag: 1.1.0\n    digest: ${digest}\n`,
      `    newTag: 1.0.0 # promoted\n`,
      `    newTag: 1.1.0\n    digest: "${digest}" # promoted\n`,
    ],
    [
      'a digest that the source lacks',
      `    newTag: 1.1.0\n`,
      `    newTag: 1.0.0\n    digest: ${digest}\n`,
      `    newTag: 1.1.0\n`,
    ],
    [
      'a digest in place of a tag',
      `    digest: ${digest}\n`,
      `    newTag: 1.0.0\n`,
      `    digest: "${digest}"\n`,
    ],
  ])('carries %s', (_what, source, target, expected) => {
    const result = promote({
      [staging]: entry(source),
      [prod]: entry(target),
    });
    expect(parse(`${result.files[0].after}`)).toEqual(parse(entry(expected)));
  });

  it('edits entries that are written on one line', () => {
    const flow = (fields: string) =>
      overlay(`  - { name: checkout, ${fields} }`);
    const result = promote({
      [staging]: flow(`newTag: "1.1.0", digest: ${digest}`),
      [prod]: flow('newTag: "1.0.0"'),
    });
    expect(result.files[0].after).toBe(
      flow(`newTag: "1.1.0", digest: "${digest}"`),
    );
  });

  it('carries every image that the source sets', () => {
    const two = (a: string, b: string) =>
      overlay(
        `  - name: checkout\n    newTag: "${a}"\n  - name: worker\n    newTag: "${b}"\n`,
      );
    const result = promote({
      [staging]: two('1.1.0', '2.1.0'),
      [prod]: two('1.0.0', '2.0.0'),
    });
    expect(result.files[0].after).toBe(two('1.1.0', '2.1.0'));
  });

  const good = entry(`    newTag: 1.0.0\n`);

  it.each<[string, Record<string, string>, string]>([
    [
      'no overlay',
      { [staging]: good },
      'There is no apps/checkout/overlays/prod/kustomization.yaml in the repository',
    ],
    [
      'no images',
      { [staging]: 'resources: []\n', [prod]: good },
      `${staging} has no images, so it says nowhere which release runs`,
    ],
    [
      'images that are no list',
      { [staging]: 'images: 1\n', [prod]: good },
      `images in ${staging} is not a list`,
    ],
    [
      'an image without a name',
      { [staging]: 'images: [{newTag: a}]\n', [prod]: good },
      `images[0] in ${staging} has no name`,
    ],
    [
      'an entry that is no object',
      { [staging]: 'images: [a]\n', [prod]: good },
      `images[0] in ${staging} is not an object`,
    ],
    [
      'no tag',
      { [staging]: entry(''), [prod]: good },
      `${staging} sets neither newTag nor digest of image 'checkout', so staging has no release to promote`,
    ],
    [
      'another image',
      {
        [staging]: good,
        [prod]: overlay('  - name: other\n    newTag: 1.0.0\n'),
      },
      `${prod} sets no image 'checkout', which ${staging} does; add it to its images`,
    ],
    [
      'the image twice',
      {
        [staging]: good,
        [prod]: overlay('  - name: checkout\n  - name: checkout\n'),
      },
      `${prod} sets image 'checkout' more than once`,
    ],
    [
      'only strangers',
      {
        [staging]: overlay(
          '  - { name: a, newTag: b }\n  - { name: c, newTag: d }\n',
        ),
        [prod]: good,
      },
      `None of the images in ${staging} is the image of checkout`,
    ],
    [
      'broken YAML',
      { [staging]: 'images: [\n', [prod]: good },
      `${staging}:2 is not valid YAML`,
    ],
  ])('says what is wrong: %s', (_what, files, message) => {
    expect(() => promote(files)).toThrow(PromotionError);
    expect(() => promote(files)).toThrow(message);
  });

  it('refuses an environment that is not declared', () => {
    expect(() =>
      proposePromotion({ intent, from: 'staging', to: 'qa', files: {} }),
    ).toThrow("'qa' is not an environment of checkout");
  });
});
