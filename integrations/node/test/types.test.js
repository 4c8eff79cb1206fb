'use strict';

const assert = require('node:assert');
const childProcess = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const top = path.resolve(__dirname, '..');
const cache = path.resolve(top, '../../build/cache/node-integration');

// Installs what package-lock.json pins, once; false when npm cannot be reached.
function installed() {
  const lock = fs.readFileSync(`${top}/package-lock.json`);
  if (fs.existsSync(`${cache}/installed`) && fs.readFileSync(`${cache}/installed`).equals(lock)) return true;
  fs.mkdirSync(cache, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) fs.copyFileSync(`${top}/${name}`, `${cache}/${name}`);
  const npm = childProcess.spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: cache, timeout: 120_000 });
  if (npm.status === 0) fs.writeFileSync(`${cache}/installed`, lock);
  return npm.status === 0;
}

test('the types say what there is', (t) => {
  if (!installed()) return t.skip('npm cannot install typescript here');
  const tsc = childProcess.spawnSync(`${cache}/node_modules/.bin/tsc`, ['-p', top, '--typeRoots', `${cache}/node_modules/@types`], { encoding: 'utf8' });
  assert.strictEqual(tsc.status, 0, tsc.stdout);
});
