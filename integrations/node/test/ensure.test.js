'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { Ballast } = require('@ballast/run');
const { inNewProcess, packedFunction, temporaryDirectory } = require('./support');

const { slim } = packedFunction();
const index = path.resolve(__dirname, '../lib/index.js');

function fresh(options) {
  const root = path.join(temporaryDirectory(), 'root');
  return { root, ballast: new Ballast({ package: slim, root, ...options }) };
}

test('the first call is cold, the next warm, with one report', async () => {
  const { root, ballast } = fresh();
  const cold = await ballast.ensure();
  assert.strictEqual(cold.start, 'cold');
  assert.ok(cold.path.startsWith(`${root}/`));
  assert.ok(cold.requests > 0 && cold.fetchedBytes > 0 && cold.totalMs > 0);
  assert.ok(fs.readFileSync(`${cold.path}/usr/share/texts/0.txt`, 'utf8').startsWith('some text 0\n'));

  const warm = await ballast.ensure();
  assert.strictEqual(warm.start, 'warm');
  assert.strictEqual(warm.path, cold.path);
  assert.strictEqual(warm.requests, 0);
  assert.deepStrictEqual(Object.keys(warm).sort(), Object.keys(cold).sort());
  assert.deepStrictEqual(ballast.ensureSync(), warm);
});

test('ensureSync brings the tree as well', () => {
  const { ballast } = fresh();
  assert.strictEqual(ballast.ensureSync().start, 'cold');
  assert.strictEqual(ballast.ensureSync().start, 'warm');
});

test('many calls at once make one hydration', async () => {
  const { ballast } = fresh();
  const reports = await Promise.all(Array.from({ length: 20 }, () => ballast.ensure()));
  // One run's report, which all of them got: had there been a second run, it would have said warm.
  assert.deepStrictEqual(new Set(reports.map((report) => `${report.start} ${report.totalMs}`)).size, 1);
  assert.strictEqual(reports[0].start, 'cold');
});

test('a new process finds a warm tree without starting a program', () => {
  const { root, ballast } = fresh();
  ballast.ensureSync();
  const program = `
    const childProcess = require('node:child_process');
    for (const name of ['spawn', 'spawnSync', 'execFile']) childProcess[name] = () => { throw new Error(name); };
    const { ensureSync } = require(${JSON.stringify(index)});
    console.log(JSON.stringify(ensureSync({ package: ${JSON.stringify(slim)}, root: ${JSON.stringify(root)} })));`;
  assert.strictEqual(inNewProcess(path.join(temporaryDirectory(), 'warm.js'), program).start, 'warm');
});

test('a tree that is gone comes back', async () => {
  const { root, ballast } = fresh();
  await ballast.ensure();
  fs.rmSync(root, { recursive: true });
  const again = await ballast.ensure();
  assert.strictEqual(again.start, 'cold');
  assert.ok(fs.existsSync(`${again.path}/usr/bin/sed`));

  // An eviction renames the place away first.
  const place = path.dirname(again.path);
  fs.renameSync(place, path.join(root, 'discarded-1'));
  assert.strictEqual(ballast.ensureSync().start, 'cold');
});

test('a marker of another boot or another tree is not believed', () => {
  for (const content of ['not a digest\n', `${'0'.repeat(64)}\n00000000-0000-0000-0000-000000000000\n`]) {
    const { ballast } = fresh();
    const { path: tree } = ballast.ensureSync();
    const marker = path.join(path.dirname(tree), 'complete');
    fs.rmSync(marker);
    fs.writeFileSync(marker, content);
    assert.strictEqual(ballast.ensureSync().start, 'cold', content);
  }
});

test('a root that others may write to is refused, warm or not', () => {
  const { root, ballast } = fresh();
  ballast.ensureSync();
  fs.chmodSync(root, 0o777);
  assert.throws(
    // An instance that has not seen the tree yet.
    () => new Ballast({ package: slim, root: `${root}/` }).ensureSync(),
    (error) => error.code === 'permission' && error.line.includes('others may write to it'),
  );
});

test('groups come one by one, and only they', async () => {
  const { ballast } = fresh();
  const texts = await ballast.ensure({ groups: ['texts'] });
  assert.strictEqual(texts.start, 'cold');
  assert.deepStrictEqual(fs.readdirSync(`${texts.path}/usr`), ['share']);
  assert.strictEqual((await ballast.ensure({ groups: ['texts'] })).start, 'warm');
  const rest = await ballast.withOptions({ groups: ['default'] }).ensure();
  assert.strictEqual(rest.start, 'cold');
  assert.ok(fs.existsSync(`${rest.path}/usr/bin/sed`));
  assert.strictEqual(ballast.ensureSync({ groups: ['texts', 'default', 'texts'] }).start, 'warm');
});

test("what a start hydrates is the package's, then BALLAST_GROUPS's, then the call's", async (t) => {
  const started = packedFunction({ settings: '[start]\ngroups = ["texts"]\n' });
  const make = () => new Ballast({ package: started.slim, root: path.join(temporaryDirectory(), 'root') });
  const there = ({ path: tree }) => fs.readdirSync(`${tree}/usr`).sort();
  assert.deepStrictEqual(there(await make().ensure()), ['share']);
  const ballast = make();
  assert.deepStrictEqual(there(ballast.ensureSync({ groups: ['default'] })), ['bin', 'lib']);
  assert.strictEqual(ballast.ensureSync({ groups: ['default'] }).start, 'warm');
  assert.deepStrictEqual(there(ballast.ensureSync({ groups: ['*'] })), ['bin', 'lib', 'share']);

  process.env.BALLAST_GROUPS = 'default';
  t.after(() => delete process.env.BALLAST_GROUPS);
  const other = make();
  assert.deepStrictEqual(there(await other.ensure()), ['bin', 'lib']);
  const { stdout } = await other.execFile('sh', ['-c', 'ls "$BALLAST_TREE/usr"'], { env: { PATH: '/usr/bin:/bin', BALLAST_GROUPS: '*' } });
  assert.strictEqual(stdout, 'bin\nlib\n', "a program's own environment does not change it");
  process.env.BALLAST_GROUPS = 'texts, default';
  assert.deepStrictEqual(there(await other.ensure()), ['bin', 'lib', 'share'], 'the same instance sees the change');
  process.env.BALLAST_GROUPS = 'texts,,default';
  await assert.rejects(other.ensure(), { code: 'usage', message: 'BALLAST_GROUPS: an empty name' });
  await assert.rejects(other.ensure({ groups: ['*', 'texts'] }), { code: 'usage' });
});

test('BALLAST_ROOT and LAMBDA_TASK_ROOT say where, and options come before them', () => {
  const [first, second] = [path.join(temporaryDirectory(), 'a'), path.join(temporaryDirectory(), 'b')];
  const program = `
    const { ensureSync } = require(${JSON.stringify(index)});
    console.log(JSON.stringify([ensureSync(), ensureSync({ root: ${JSON.stringify(second)} })].map((report) => report.path)));`;
  const paths = inNewProcess(path.join(temporaryDirectory(), 'where.js'), program, { BALLAST_ROOT: first, LAMBDA_TASK_ROOT: slim });
  assert.ok(paths[0].startsWith(`${first}/`) && paths[1].startsWith(`${second}/`), paths.join());
});

test('without LAMBDA_TASK_ROOT the package is where the program lies, CommonJS or ES module', () => {
  const root = path.join(temporaryDirectory(), 'root');
  const copy = path.join(temporaryDirectory(), 'slim');
  fs.cpSync(slim, copy, { recursive: true });
  const print = 'console.log(JSON.stringify(ensureSync()));';
  const module = path.resolve(__dirname, '../index.mjs');
  const cold = inNewProcess(`${copy}/main.js`, `const { ensureSync } = require(${JSON.stringify(index)}); ${print}`, { BALLAST_ROOT: root });
  const warm = inNewProcess(`${copy}/main.mjs`, `import { ensureSync } from ${JSON.stringify(module)}; ${print}`, { BALLAST_ROOT: root });
  assert.deepStrictEqual([cold.start, warm.start], ['cold', 'warm']);
});

test('nothing is written into the package', () => {
  const { ballast } = fresh();
  const copy = path.join(temporaryDirectory(), 'slim');
  fs.cpSync(slim, copy, { recursive: true });
  const before = fs.readdirSync(copy);
  fs.chmodSync(copy, 0o555);
  assert.strictEqual(ballast.withOptions({ package: copy }).ensureSync().start, 'cold');
  assert.deepStrictEqual(fs.readdirSync(copy), before);
  fs.chmodSync(copy, 0o755);
});

test('a cold start is logged to stderr', () => {
  const { root } = fresh();
  const childProcess = require('node:child_process');
  const program = `require(${JSON.stringify(index)}).ensure(${JSON.stringify({ package: slim, root })});`;
  const run = () => childProcess.spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', env: { ...process.env, BALLAST_LOG: '' } });
  assert.strictEqual(JSON.parse(run().stderr).ballast, 'cold');
  assert.strictEqual(run().stderr, '', 'a warm start is silent');
});
