'use strict';

const assert = require('node:assert');
const childProcess = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const { App, Stack } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');

const { slimCode } = require('..');

const bin = process.env.BALLAST_BIN ?? path.resolve(__dirname, '../../../build/release/bin');
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ballast-cdk-'));
process.on('exit', () => fs.rmSync(directory, { recursive: true, force: true }));

function makeSource() {
  const source = path.join(fs.mkdtempSync(path.join(directory, 'source-')), 'drawing');
  fs.mkdirSync(`${source}/usr/bin`, { recursive: true });
  fs.writeFileSync(`${source}/handler.js`, 'exports.handler = async () => "ok";\n');
  fs.copyFileSync('/bin/sed', `${source}/usr/bin/sed`);
  fs.chmodSync(`${source}/usr/bin/sed`, 0o755);
  return source;
}

// Synthesizes one function with that code; returns its asset's zip.
function synth(source, options) {
  const app = new App({ outdir: fs.mkdtempSync(path.join(directory, 'cdk-')) });
  const stack = new Stack(app, 'Test');
  new lambda.Function(stack, 'Draw', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'handler.handler', code: slimCode(source, { program: `${bin}/ballast`, ...options }) });
  const assembly = app.synth();
  const [draw] = Object.values(assembly.getStackArtifact(stack.artifactId).template.Resources).filter((resource) => resource.Type === 'AWS::Lambda::Function');
  const key = draw.Properties.Code.S3Key;
  const asset = path.join(assembly.directory, `asset.${key}`);
  assert.ok(fs.existsSync(asset), key);
  return { asset, directory: assembly.directory };
}

const namesIn = (zip) => childProcess.execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8' }).trim().split('\n').sort();

test("a function's asset is the slim package, and its packs are in the store", () => {
  const source = makeSource();
  const store = `${source}-store`;
  const { asset, directory: out } = synth(source, { store });
  assert.deepStrictEqual(namesIn(asset), ['ballast-run', 'ballast-wrapper', 'ballast.lock', 'ballast.manifest', 'handler.js']);
  assert.strictEqual(fs.readdirSync(`${store}/versions/drawing`).length, 1);
  assert.deepStrictEqual(fs.readdirSync(out).filter((name) => name.includes('ballast')), []);

  const slim = `${source}-slim`;
  childProcess.execFileSync('unzip', ['-q', asset, '-d', slim]);
  const said = childProcess.execFileSync(`${slim}/ballast-run`, ['exec', '--root', `${source}-root`, '--', 'sed', '--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  assert.match(said, /^sed \(GNU sed\)/);
});

test('the same source gives the same asset; other settings give another', () => {
  const source = makeSource();
  const store = `${source}-store`;
  const name = (options) => path.basename(synth(source, { store, ...options }).asset);
  const first = name();
  assert.strictEqual(name(), first);
  assert.notStrictEqual(name({ root: '/tmp/other' }), first);
});

test('without push the packs wait beside the assembly', () => {
  const source = makeSource();
  const store = `${source}-store`;
  const { directory: out } = synth(source, { store, push: false });
  assert.ok(!fs.existsSync(store));
  const [waiting] = fs.readdirSync(out).filter((name) => name.endsWith('.ballast'));
  childProcess.execFileSync(`${bin}/ballast`, ['push', path.join(out, waiting, 'slim.zip'), '--quiet']);
  assert.strictEqual(fs.readdirSync(`${store}/versions/drawing`).length, 1);
});

test("Ballast's error fails the synthesis", () => {
  const source = makeSource();
  assert.throws(() => synth(source, { store: '/proc/nowhere' }), /ballast: error: .*\/proc\/nowhere/);
  assert.throws(() => synth(source, { store: 'x', program: '/nonexistent/ballast' }), /cannot start: ENOENT\nhint: install ballast/);
});

test('the example synthesizes', () => {
  const source = makeSource();
  const out = fs.mkdtempSync(path.join(directory, 'cdk-'));
  const env = { ...process.env, SOURCE: source, STORE: `${source}-store`, BALLAST: `${bin}/ballast`, CDK_OUTDIR: out };
  childProcess.execFileSync(process.execPath, [path.resolve(__dirname, '../example/app.js')], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  assert.ok(fs.existsSync(`${out}/Rendering.template.json`));
});
