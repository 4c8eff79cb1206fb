'use strict';

const assert = require('node:assert');
const childProcess = require('node:child_process');
const crypto = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { directory, makeService, namesIn, run, runWithAws } = require('./support');

const isSlim = (zip) => namesIn(zip).includes('ballast.lock');
const versionsIn = (service, name) => fs.readdirSync(`${service}/store/versions/${name}`);

test('package makes the heavy function slim and leaves the light one', () => {
  const service = makeService();
  const { status, output } = run(service, 'package');
  assert.strictEqual(status, 0, output);
  const zip = `${service}/.serverless/render.zip`;
  assert.deepStrictEqual(namesIn(zip).filter((name) => !name.endsWith('/')).sort(), ['ballast-run', 'ballast-wrapper', 'ballast.lock', 'ballast.manifest', 'render/handler.js']);
  assert.ok(!isSlim(`${service}/.serverless/light.zip`));
  assert.match(output, /light: nothing in it would leave, so it stays as it is/);
  assert.match(output, /function +zipped +slim +unzipped +left it +new packs\nrender +[\d.]+ KB +[\d.]+ MB/);
  assert.ok(!fs.existsSync(`${service}/store`), 'nothing is sent before a deployment');

  // CloudFormation is told the slim zip's hash.
  const template = JSON.parse(fs.readFileSync(`${service}/.serverless/cloudformation-template-update-stack.json`));
  const version = Object.values(template.Resources).find((resource) => resource.Type === 'AWS::Lambda::Version' && resource.Properties.FunctionName.Ref === 'RenderLambdaFunction');
  assert.strictEqual(version.Properties.CodeSha256, crypto.createHash('sha256').update(fs.readFileSync(zip)).digest('base64'));
});

test('deploy pushes before it uploads, and what it pushed runs', () => {
  const service = makeService();
  // There is no AWS: the deployment fails, behind the push.
  const { status, output } = run(service, 'deploy');
  assert.notStrictEqual(status, 0);
  assert.doesNotMatch(output, /ballast: error/);
  assert.strictEqual(versionsIn(service, 'sample-render').length, 1, output);
  assert.ok(!fs.existsSync(`${service}/.serverless/ballast/render/slim.zip.packs`));

  const slim = fs.mkdtempSync(path.join(directory, 'slim-'));
  childProcess.execFileSync('unzip', ['-q', `${service}/.serverless/render.zip`, '-d', slim]);
  const said = childProcess.execFileSync(`${slim}/ballast-run`, ['exec', '--root', `${slim}-root`, '--', 'sed', '--version'], { cwd: service, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  assert.match(said, /^sed \(GNU sed\)/);
});

test('a package made elsewhere is pushed when it is deployed', () => {
  const service = makeService();
  assert.strictEqual(run(service, 'package', '--package', 'out').status, 0);
  assert.ok(isSlim(`${service}/out/render.zip`));
  assert.ok(!fs.existsSync(`${service}/store`));
  run(service, 'deploy', '--package', 'out');
  assert.strictEqual(versionsIn(service, 'sample-render').length, 1);
});

test('push: package sends when it packs', () => {
  const service = makeService({ ballast: { push: 'package' } });
  assert.strictEqual(run(service, 'package').status, 0);
  assert.strictEqual(versionsIn(service, 'sample-render').length, 1);
});

test('deploy function packs, pushes and uploads that function', async (t) => {
  const service = makeService();
  const uploaded = `${service}/../uploaded.zip`;
  const lambda = childProcess.spawn(process.execPath, [path.join(__dirname, 'fake-lambda.js'), uploaded], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => lambda.kill());
  const [port] = await once(lambda.stdout.setEncoding('utf8'), 'data');
  const { output } = runWithAws(`http://127.0.0.1:${port.trim()}`, service, 'deploy', 'function', '--function', 'render');
  assert.ok(fs.existsSync(uploaded), output);
  assert.ok(isSlim(uploaded));
  assert.strictEqual(versionsIn(service, 'sample-render').length, 1);
});

test('functions that share a package share a slim one', () => {
  const service = makeService({ package: {} });
  const { status, output } = run(service, 'package');
  assert.strictEqual(status, 0, output);
  const names = namesIn(`${service}/.serverless/sample.zip`);
  assert.ok(names.includes('ballast.lock') && names.includes('light/handler.js') && !names.includes('render/usr/bin/sed'));
  const refused = run(makeService({ package: {}, render: { ballast: { include: ['usr/'] } } }), 'package');
  assert.notStrictEqual(refused.status, 0);
  assert.match(refused.output, /function 'render': has settings for Ballast, but shares the service's package/);
});

test('a function has settings of its own, over the service\'s', () => {
  const groups = { texts: ['**/texts/'] };
  const service = makeService({
    ballast: { exclude: ['*'], push: 'package', codec: 'zstd', level: 1 },
    render: { ballast: { exclude: [], include: ['**/usr/'], groups, name: 'drawing', env: { TEXTS: '{tree}/render/usr/share/texts' } } },
  });
  const { status, output } = run(service, 'package');
  assert.strictEqual(status, 0, output);
  assert.strictEqual(versionsIn(service, 'drawing').length, 1);
  const zip = `${service}/.serverless/render.zip`;
  const lock = JSON.parse(childProcess.execFileSync('unzip', ['-p', zip, 'ballast.lock']));
  assert.deepStrictEqual(lock.env, { TEXTS: '{tree}/render/usr/share/texts' });
  const slim = fs.mkdtempSync(path.join(directory, 'slim-'));
  childProcess.execFileSync('unzip', ['-q', zip, '-d', slim]);
  const tree = childProcess.execFileSync(`${slim}/ballast-run`, ['hydrate', '--group', 'texts', '--root', `${slim}-root`], { cwd: service, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  assert.deepStrictEqual(fs.readdirSync(`${tree}/render/usr`), ['share']);
});

test('ballast: false leaves a function as it is', () => {
  const service = makeService({ render: { ballast: false } });
  assert.strictEqual(run(service, 'package').status, 0);
  assert.ok(!isSlim(`${service}/.serverless/render.zip`));
});

test("a ballast.toml beside serverless.yml counts, unless both set something", () => {
  const files = { 'ballast.toml': 'exclude = ["*"]\ninclude = ["**/texts/"]\n' };
  const service = makeService({ files });
  const { output } = run(service, 'package');
  assert.match(output, /render: nothing in it would leave/);
  const refused = run(makeService({ files, ballast: { include: ['usr/'] } }), 'package');
  assert.match(refused.output, /ballast\.toml: serverless\.yml sets 'include' as well/);
  assert.match(run(makeService({ ballast: { config: 'other.toml' } }), 'package').output, /other\.toml: cannot read: ENOENT/);
});

test("a user's own artifact is not written to", () => {
  const service = makeService();
  childProcess.execFileSync('zip', ['-qr', '../own.zip', '.'], { cwd: `${service}/render` });
  const before = fs.readFileSync(`${service}/own.zip`);
  const yml = JSON.parse(fs.readFileSync(`${service}/serverless.yml`));
  yml.functions.render.package = { artifact: 'own.zip' };
  fs.writeFileSync(`${service}/serverless.yml`, JSON.stringify(yml));
  const { status, output } = run(service, 'package');
  assert.strictEqual(status, 0, output);
  assert.ok(fs.readFileSync(`${service}/own.zip`).equals(before));
  assert.ok(isSlim(`${service}/.serverless/own.zip`));
});

test("Ballast's error fails the deployment, line and hint", () => {
  const unknown = run(makeService({ ballast: { codec: 'zip' } }), 'package');
  assert.notStrictEqual(unknown.status, 0);
  assert.match(unknown.output, /ballast: error: .*codec/);
  const store = run(makeService({ ballast: { store: '/proc/nowhere' } }), 'deploy');
  assert.notStrictEqual(store.status, 0);
  assert.match(store.output, /ballast: error: .*\/proc\/nowhere/);
  const program = run(makeService({ ballast: { program: '/nonexistent/ballast' } }), 'package');
  assert.match(program.output, /\/nonexistent\/ballast: cannot start: ENOENT\nhint: install ballast/);
  const setting = run(makeService({ ballast: { stor: 'x' } }), 'package');
  assert.match(setting.output, /unrecognized property 'stor'/);
});
