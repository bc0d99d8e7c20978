import { parseAllDocuments } from 'yaml';
import { withoutSecrets } from './withoutSecrets';

describe('withoutSecrets', () => {
  it('masks what Secrets hold, and keeps their keys and everything else', () => {
    const manifests = `apiVersion: v1
kind: ConfigMap
metadata:
  name: plain
data:
  LEVEL: info
---
apiVersion: v1
kind: Secret
metadata:
  name: hidden
data:
  password: aHVudGVyMg==
stringData:
  token: hunter2
`;
    const masked = withoutSecrets(manifests);
    expect(masked).not.toContain('hunter2');
    expect(masked).not.toContain('aHVudGVyMg');
    expect(parseAllDocuments(masked).map(document => document.toJS())).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'plain' },
        data: { LEVEL: 'info' },
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'hidden' },
        data: { password: '***' },
        stringData: { token: '***' },
      },
    ]);
  });

  it('leaves manifests without Secrets as they are, to the byte', () => {
    const manifests = 'kind: ConfigMap\n# a comment\n';
    expect(withoutSecrets(manifests)).toBe(manifests);
  });
});
