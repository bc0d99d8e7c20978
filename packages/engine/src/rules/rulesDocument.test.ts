import fs from 'fs';
import path from 'path';
import { ruleCatalogue } from './catalogue';
import { rulesDocument } from './rulesDocument';

describe('rulesDocument', () => {
  it('is what docs/rules.md says; npm run rules writes it', () => {
    const file = path.join(__dirname, '../../../../docs/rules.md');
    expect(fs.readFileSync(file, 'utf8')).toBe(rulesDocument());
  });

  it('has a heading for every rule', () => {
    const document = rulesDocument();
    for (const { id } of ruleCatalogue) {
      expect(document).toContain(`\n### ${id}\n`);
    }
  });

  it('describes one rule alone', () => {
    expect(rulesDocument(['K8S-04'])).toMatch(/^### K8S-04\n\n\*\*/);
    expect(rulesDocument(['K8S-04'])).not.toContain('K8S-05');
  });
});
