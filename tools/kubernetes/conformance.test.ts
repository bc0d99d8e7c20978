import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ANSWERS } from '../../packages/playground/src/cluster/__testUtils__/conformance/answers';
import {
  BREAKAGES,
  breakAnswers,
} from '../../packages/playground/src/cluster/__testUtils__/conformance/breakages';
import { CONFORMANCE } from '../../packages/playground/src/cluster/__testUtils__/conformance/table';
import { RealTarget } from './RealTarget';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
let target: RealTarget;

before(async () => {
  const program = process.env.KUBERNETES_SERVER;
  assert.ok(program, 'KUBERNETES_SERVER names no program');
  target = await RealTarget.create({ program, directory });
});

after(async () => {
  await target?.close();
  fs.rmSync(directory, { recursive: true, force: true });
});

for (const { name, differences } of CONFORMANCE) {
  test(`a real API server does as the recorded one: ${name}`, async () => {
    assert.deepEqual(await differences(target), []);
  });
}

for (const breakage of BREAKAGES) {
  test(`a real API server would be found out by an answer ${breakage.name}`, async () => {
    for (const { name, differences } of ANSWERS) {
      if (name.startsWith('list/')) {
        const found = await differences(breakAnswers(target, breakage));
        assert.notDeepEqual(found, [], name);
      }
    }
  });
}
