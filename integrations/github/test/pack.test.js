'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { size } = require('../pack/summary');
const { bin, directory, makePackage, readYaml, runAction, write } = require('./support');

function prepared(t) {
  const cwd = directory(t);
  makePackage(path.join(cwd, 'package'));
  return { cwd, inputs: { package: 'package', store: path.join(cwd, 'store'), name: 'render', version: 'v1' } };
}
const versions = ({ store }) => fs.readdirSync(path.join(store, 'versions/render'));

test('packs, pushes, and says so', async (t) => {
  const { cwd, inputs } = prepared(t);
  const { status, log, outputs, summary } = await runAction('pack', inputs, { cwd });
  assert.equal(status, 0, log);
  assert.deepEqual(Object.keys(outputs).sort(), Object.keys(readYaml('pack/action.yml').outputs).sort());
  assert.equal(outputs.slim, 'slim.zip');
  assert.equal(outputs.version, 'v1');
  assert.ok(fs.existsSync(path.join(cwd, 'slim.zip')));
  const sed = fs.statSync('/bin/sed').size;
  assert.equal(outputs['tree-bytes'], String(sed));
  assert.ok(Number(outputs['package-bytes']) > sed);
  assert.deepEqual(versions(inputs).length, 1);
  assert.ok(!fs.existsSync(path.join(cwd, 'slim.zip.packs')), 'nothing is left to be sent');
  assert.match(summary, /^### Ballast: render\n\n\| \| package \| slim package \|\n\| --- \| ---: \| ---: \|\n/);
  assert.match(summary, new RegExp(`\\| executables and system libraries \\| ${size(sed)} \\| [\\d.]+ MB \\|\n`), 'the slim package has ballast-run');
  assert.match(summary, /\| \*\*all\*\* \| \*\*\d+ KB\*\* \| \*\*[\d.]+ MB\*\* \|/);
  assert.match(summary, /✅ fits into 250MB; \d+ KB in 1 file left the package\.\n\nVersion `v1`: [\d.]+ KB of new packs were sent to the store\.\n/);
  assert.match(log, /^::warning title=Ballast::usr\/bin\/sed: needs lib/m);

  const again = await runAction('pack', { ...inputs, version: 'v2' }, { cwd });
  assert.equal(again.status, 0, again.log);
  assert.equal(again.outputs['new-bytes'], '0');
  assert.deepEqual(versions(inputs).length, 2);
});

test('a pull request packs and checks, and asks the store nothing', async (t) => {
  const { cwd, inputs } = prepared(t);
  const { status, log, outputs, summary } = await runAction('pack', { ...inputs, store: 's3://bucket/x?endpoint=http://127.0.0.1:1&region=none', push: false }, { cwd });
  assert.equal(status, 0, log);
  assert.ok(Number(outputs['new-bytes']) > 0);
  assert.match(summary, /nothing was sent\.\n/);
});

test('what is too large fails, and is not sent', async (t) => {
  const { cwd, inputs } = prepared(t);
  const { status, log, outputs, summary } = await runAction('pack', { ...inputs, 'max-size': '1MB' }, { cwd });
  assert.equal(status, 1);
  assert.match(log, /^::error title=Ballast::slim\.zip: has \d+ bytes, more than the 1048576 of --max-size%0Ahint: /m);
  assert.match(summary, /❌ \*\*is larger than\*\* 1MB/);
  assert.ok(!fs.existsSync(inputs.store));
  assert.deepEqual(outputs, {});
});

test('errors are annotations, and end the step', async (t) => {
  const { cwd, inputs } = prepared(t);
  for (const [wrong, text] of [
    [{ package: 'absent' }, /^::error title=Ballast::absent: /m],
    [{ store: '/proc/nowhere' }, /^::error title=Ballast::\/proc\/nowhere/m],
    [{ push: 'maybe' }, /^::error title=Ballast::push: 'maybe' is neither true nor false/m],
    [{ version: 'a b' }, /^::error title=Ballast::a b: cannot name a version%0Ahint: use letters/m],
    [{ program: 'no-such-ballast' }, /^::error title=Ballast::ballast cannot be started \(ENOENT\)%0Ahint: run the 'setup' action/m],
  ]) {
    const { status, log, outputs } = await runAction('pack', { ...inputs, ...wrong }, { cwd });
    assert.equal(status, 1, log);
    assert.match(log, text);
    assert.deepEqual(outputs, {});
  }
});

test('names of others cannot write into the log or the summary', async (t) => {
  const { cwd, inputs } = prepared(t);
  write(path.join(cwd, 'package/usr/bin/a\n::error::b'), fs.readFileSync('/bin/sed'), 0o755);
  const { status, log, summary } = await runAction('pack', { ...inputs, name: undefined, slim: 'out/<b>.zip' }, { cwd });
  assert.equal(status, 0, log);
  assert.doesNotMatch(log, /^::error::/m);
  assert.doesNotMatch(summary, /<b>/);
});

test('the example gives inputs that exist', async (t) => {
  const { cwd } = prepared(t);
  const { jobs, env } = readYaml('example/deploy.yml');
  const step = jobs.render.steps.find(({ id }) => id === 'pack');
  assert.match(step.uses, /\/integrations\/github\/pack@/);
  makePackage(path.join(cwd, 'build/package'));
  const filled = Object.fromEntries(Object.entries(step.with).map(([name, value]) =>
    [name, String(value).replace('${{ github.sha }}', 'c0ffee').replace("${{ github.event_name == 'push' }}", 'true')]));
  assert.ok(!JSON.stringify(filled).includes('${{'));
  assert.ok(env.BALLAST_STORE.startsWith('s3://'));
  const { status, log, outputs } = await runAction('pack', filled, { cwd, env: { BALLAST_STORE: path.join(cwd, 'store') } });
  assert.equal(status, 0, log);
  assert.deepEqual([outputs.slim, outputs.version], ['build/slim.zip', 'c0ffee']);
  assert.ok(fs.existsSync(path.join(cwd, 'store/versions/render/c0ffee')) || fs.readdirSync(path.join(cwd, 'store/versions/render')).length === 1);
  assert.ok(bin);
});
