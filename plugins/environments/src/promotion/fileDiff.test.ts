import { planFixture } from '../__fixtures__/promotion';
import { fileDiff, objectDiffs, subjectName } from './fileDiff';

it('shows the lines that change with a little around them', () => {
  expect(
    fileDiff(planFixture().files[0]).map(({ kind, text }) => `${kind} ${text}`),
  ).toEqual([
    'same   - name: checkout',
    'same     newName: ghcr.io/acme/checkout',
    'removed     newTag: 1.3.1',
    'added     newTag: 1.4.0',
  ]);
});

it('shows files that come and go', () => {
  expect(fileDiff({ path: 'a', after: 'x\n' })).toEqual([
    { kind: 'added', text: 'x' },
  ]);
  expect(fileDiff({ path: 'a', before: 'x\n' })).toEqual([
    { kind: 'removed', text: 'x' },
  ]);
});

it('shows leaves by object, with whole values and reasons', () => {
  expect(
    objectDiffs([
      ...planFixture().changes,
      {
        kind: 'drift',
        from: 'prod',
        to: 'prod',
        subject: 'Service checkout',
        pointer: '/spec/ports/8080~1TCP',
        before: undefined,
        after: { port: 8080, name: 'http' },
        class: 'violation',
        rule: 'K8S-09',
      },
    ]),
  ).toEqual([
    {
      subject: 'apps/Deployment checkout',
      lines: [
        {
          kind: 'path',
          text: 'spec.template.spec.containers.checkout.image.tag',
        },
        { kind: 'removed', text: '1.3.1' },
        { kind: 'added', text: '1.4.0' },
        {
          kind: 'path',
          text: 'spec.template.spec.containers.checkout.env.BASKET_TTL',
        },
        { kind: 'added', text: '24h', note: 'comes with the base' },
      ],
    },
    {
      subject: 'Service checkout',
      lines: [
        { kind: 'path', text: 'spec.ports.8080/TCP' },
        { kind: 'added', text: 'port: 8080', note: '(K8S-09)' },
        { kind: 'added', text: 'name: http' },
      ],
    },
  ]);
});

it.each([
  ['apps/Deployment checkout', 'Deployment checkout'],
  ['Service checkout', 'Service checkout'],
  ['networking.k8s.io/NetworkPolicy default', 'NetworkPolicy default'],
])('names %s as %s', (subject, name) => {
  expect(subjectName(subject)).toBe(name);
});
