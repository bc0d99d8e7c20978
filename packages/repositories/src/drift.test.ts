import { editedFiles, keepRelease } from './drift';

const overlay = {
  path: 'apps/checkout/overlays/prod/kustomization.yaml',
  content: `resources:
  - ../../base
images:
  - name: checkout
    newName: ghcr.io/acme/checkout
    newTag: "0.1.0"
  - name: proxy
    newTag: "1.0.0"
`,
};

const promoted = overlay.content
  .replace('"0.1.0"', `"0.3.0"\n    digest: sha256:${'a'.repeat(64)}`)
  .replace('"1.0.0"', '"1.2.0"');

const application = {
  path: 'argocd/applications/checkout-prod.yaml',
  content: `spec:
  source:
    targetRevision: main
    kustomize:
      images:
        - checkout=ghcr.io/acme/checkout:0.1.0
`,
};

const pinned = application.content
  .replace('main', `"${'1'.repeat(40)}"`)
  .replace(':0.1.0', ':0.3.0');

describe('editedFiles', () => {
  it('lets releases and pins pass', () => {
    expect(
      editedFiles(
        [overlay, application],
        new Map([
          [overlay.path, promoted],
          [application.path, pinned],
        ]),
      ),
    ).toEqual([]);
  });

  it('tells every other line', () => {
    expect(
      editedFiles(
        [overlay, application],
        new Map([[overlay.path, promoted.replace('../../base', '../base')]]),
      ),
    ).toEqual([
      { path: overlay.path, problem: 'changed' },
      { path: application.path, problem: 'missing' },
    ]);
  });

  it('lets no tag pass elsewhere', () => {
    const file = {
      path: 'apps/checkout/base/x.yaml',
      content: 'newTag: "1"\n',
    };
    expect(
      editedFiles([file], new Map([[file.path, 'newTag: "2"\n']])),
    ).toHaveLength(1);
  });
});

describe('keepRelease', () => {
  it('writes a new layout with the tag and the digest that were promoted, image by image', () => {
    const renewed = {
      ...overlay,
      content: overlay.content.replace('../../base', '../../core'),
    };
    expect(keepRelease(renewed, promoted).content).toBe(
      promoted.replace('../../base', '../../core'),
    );
  });

  it('keeps the pin', () => {
    const renewed = {
      ...application,
      content: `${application.content}  project: checkout\n`,
    };
    expect(keepRelease(renewed, pinned).content).toBe(
      `${pinned}  project: checkout\n`,
    );
  });

  it('pins an Application that followed the branch with the release of its overlay, and not with the first one', () => {
    const path = 'apps/checkout/overlays/prod';
    const renewed = {
      ...application,
      content: application.content.replace(
        'targetRevision: main',
        `targetRevision: main\n    path: ${path}`,
      ),
    };
    const followed = `spec:
  source:
    targetRevision: main
    path: ${path}
`;
    const written = (kustomization: string) =>
      keepRelease(renewed, followed, file =>
        file === `${path}/kustomization.yaml` ? kustomization : undefined,
      ).content;
    expect(written(promoted)).toContain(
      `- checkout=ghcr.io/acme/checkout:0.3.0@sha256:${'a'.repeat(64)}`,
    );
    expect(written('images:\n  - name: checkout\n    newTag: 0.4.0\n')).toBe(
      renewed.content.replace(':0.1.0', ':0.4.0'),
    );
    expect(written('images: [')).toBe(renewed.content);
  });

  it('writes what is new as it is rendered', () => {
    expect(keepRelease(overlay, undefined)).toBe(overlay);
    expect(keepRelease(overlay, 'resources: []\n')).toEqual(overlay);
  });
});
