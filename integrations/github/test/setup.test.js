'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { directory, environmentOf, readOutputs, readYaml, runnerFiles, top } = require('./support');

const action = readYaml('setup/action.yml');
const scripts = action.runs.steps.filter((step) => step.run);

function runStep(step, cwd, env = {}) {
  assert.equal(step.shell, 'bash');
  const files = runnerFiles(cwd);
  const given = environmentOf(files, { RUNNER_TEMP: cwd, GITHUB_ACTION_PATH: path.join(top, 'setup'), ...env });
  // As the runner starts `shell: bash`.
  const result = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], { cwd, encoding: 'utf8', env: given });
  return { status: result.status, log: result.stdout + result.stderr, outputs: readOutputs(files.GITHUB_OUTPUT), path: fs.readFileSync(files.GITHUB_PATH, 'utf8') };
}

test('says where ballast will be, by what it is built from', (t) => {
  const cwd = directory(t);
  const { status, log, outputs } = runStep(scripts[0], cwd);
  assert.equal(status, 0, log);
  assert.match(outputs.key, /^ballast-\w+-[0-9a-f]{32}$/);
  assert.equal(outputs.directory, `${cwd}/ballast/${outputs.key.split('-').pop()}`);
  assert.equal(outputs.program, `${outputs.directory}/ballast`);
  assert.equal(runStep(scripts[0], cwd).outputs.key, outputs.key);
  const used = JSON.stringify(action).match(/steps\.where\.outputs\.(\w+)/g).map((name) => name.split('.').pop());
  assert.deepEqual([...new Set(used)].sort(), Object.keys(outputs).sort());
});

test('puts it on the PATH', (t) => {
  const { status, path: added } = runStep(scripts[2], directory(t), { DIRECTORY: '/tools/ballast' });
  assert.equal(status, 0);
  assert.equal(added, '/tools/ballast\n');
});

test('builds it', { skip: process.env.BALLAST_TEST_SETUP ? false : 'compiles all of it: set BALLAST_TEST_SETUP=1' }, (t) => {
  const cwd = directory(t);
  const made = path.join(cwd, 'made');
  const { status, log } = runStep(scripts[1], cwd, { DIRECTORY: made });
  assert.equal(status, 0, log);
  assert.deepEqual(fs.readdirSync(made).sort(), ['ballast', 'ballast-run']);
  assert.match(spawnSync(path.join(made, 'ballast'), ['--version'], { encoding: 'utf8' }).stdout, /^ballast \d/);
});
