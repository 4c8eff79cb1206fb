import assert from 'node:assert';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import ballast, * as names from '@ballast/run';

const required = createRequire(import.meta.url)('@ballast/run');

test('import and require give the same functions', () => {
  assert.strictEqual(ballast, required);
  const { default: _, ...rest } = names;
  assert.deepStrictEqual({ ...rest }, { ...required });
});

test('functions work without their object', async () => {
  const { ensure } = names;
  process.env.BALLAST_DISABLE = '1';
  assert.deepStrictEqual(await ensure(), { disabled: true });
  delete process.env.BALLAST_DISABLE;
});
