'use strict';

const assert = require('node:assert');
const childProcess = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { once } = require('node:events');
const { test } = require('node:test');

const { Ballast } = require('@ballast/run');
const { packedFunction, temporaryDirectory } = require('./support');

const { slim } = packedFunction();

function fresh(options) {
  const root = path.join(temporaryDirectory(), 'root');
  return { root, ballast: new Ballast({ package: slim, root, ...options }) };
}

// Files that a running process is mapped from.
function mapped(pid) {
  const lines = fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  return new Set(lines.map((line) => line.slice(line.indexOf('/'))).filter((file) => file.startsWith('/')));
}

test('spawn runs the tree\'s program with the tree\'s libraries', async () => {
  const { ballast } = fresh();
  const { path: tree } = await ballast.ensure();
  const child = ballast.spawn('sed', ['-u', 's/a/b/'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write('banana\n');
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  assert.strictEqual(line, 'bbnana\n');
  const files = mapped(child.pid);
  assert.strictEqual(fs.readlinkSync(`/proc/${child.pid}/exe`), `${tree}/usr/bin/sed`);
  for (const library of fs.readdirSync(`${tree}/usr/lib`)) assert.ok(files.has(`${tree}/usr/lib/${library}`), library);
  child.stdin.end();
  assert.deepStrictEqual(await once(child, 'close'), [0, null]);
});

test('a program that runs keeps its tree from eviction', async () => {
  const { ballast } = fresh();
  const { path: tree } = await ballast.ensure();
  const lock = path.join(path.dirname(tree), 'use.lock');
  const isHeld = () => childProcess.spawnSync('flock', ['--exclusive', '--nonblock', lock, 'true']).status !== 0;
  const child = ballast.spawn('sed', ['-u', 'p'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write('up\n');
  await once(child.stdout, 'data');
  assert.ok(isHeld());
  child.stdin.end();
  await once(child, 'close');
  assert.ok(!isHeld(), 'and only as long as it runs');
});

test('spawn and execFile hydrate, and what was removed comes back', async () => {
  const { root, ballast } = fresh();
  const texts = (options) => ballast.execFile('sh', ['-c', 'sed -n 1p "$TEXTS/7.txt"'], options);
  assert.strictEqual((await texts()).stdout, 'some text 7\n');
  fs.rmSync(root, { recursive: true });
  assert.strictEqual(ballast.execFileSync('sed', ['-n', '1p', `${ballast.env().TEXTS}/8.txt`], { encoding: 'utf8' }), 'some text 8\n');
  fs.rmSync(root, { recursive: true });
  const child = ballast.spawn('sh', ['-c', 'exit 42']);
  assert.deepStrictEqual(await once(child, 'close'), [42, null]);
  assert.ok(fs.existsSync(`${root}`));
});

test("a program's own environment does not lead to another tree", async (t) => {
  const { root, ballast } = fresh();
  process.env.BALLAST_ROOT = root;
  t.after(() => delete process.env.BALLAST_ROOT);
  const { stdout } = await new Ballast({ package: slim }).execFile('sh', ['-c', 'echo "$BALLAST_TREE"'], { env: { PATH: '/usr/bin:/bin', BALLAST_ROOT: '/nonexistent' } });
  assert.strictEqual(stdout.trim(), ballast.ensureSync().path);
});

test('only the wanted groups are there for a program', async () => {
  const { ballast } = fresh({ groups: ['default'] });
  const { stdout } = await ballast.execFile('sh', ['-c', 'ls "$BALLAST_TREE/usr"']);
  assert.strictEqual(stdout, 'bin\nlib\n');
});

test('a program that is nowhere, and one that fails', async () => {
  const { ballast } = fresh();
  await assert.rejects(ballast.execFile('no-such-program'), { code: 'not_found' });
  assert.throws(() => ballast.spawn('no-such-program'), { code: 'not_found' });
  await assert.rejects(ballast.execFile('sed', ['--no-such-option']), (error) => error.code === 1 && /no-such-option/.test(error.stderr));
  assert.throws(() => ballast.spawn('sed', [], { shell: true }), { code: 'usage' });
});

test('path hydrates the group that holds the entry, and says where it is', async () => {
  const { root, ballast } = fresh();
  const file = await ballast.path('usr/share/texts/3.txt');
  assert.ok(fs.readFileSync(file, 'utf8').startsWith('some text 3\n'));
  assert.ok(!fs.existsSync(`${path.dirname(path.dirname(path.dirname(path.dirname(file))))}/usr/bin`));
  assert.strictEqual(ballast.pathSync('usr/share/texts/3.txt'), file);
  fs.rmSync(root, { recursive: true });
  assert.strictEqual(await ballast.path('usr/share/texts/3.txt'), file);
  assert.ok(fs.existsSync(file), 'it was brought back');
  await assert.rejects(ballast.path('usr/bin/none'), { code: 'not_found' });
  await ballast.ensure();
  assert.strictEqual(await ballast.path('usr/bin/sed'), `${file.split('/usr/')[0]}/usr/bin/sed`);
  for (const entry of ['../../../root', '/etc/passwd', 'usr//bin/sed', '-x']) {
    assert.throws(() => ballast.pathSync(entry), { code: 'not_found' }, entry);
  }
  assert.throws(() => ballast.pathSync(''), { code: 'usage' });
});

test('env is what exec gives to programs, and made twice the same', () => {
  const { root, ballast } = fresh();
  const base = { PATH: '/bin', LD_LIBRARY_PATH: '/opt/lib', HOME: '/home' };
  const own = ballast.env(base);
  const print = 'echo "$PATH|$LD_LIBRARY_PATH|$TEXTS|$BALLAST_TREE|$HOME"';
  const exec = childProcess.execFileSync(`${slim}/ballast-run`, ['exec', '--root', root, '--', '/bin/sh', '-c', print], { env: { ...base, BALLAST_LOG: 'off' }, encoding: 'utf8' });
  assert.strictEqual([own.PATH, own.LD_LIBRARY_PATH, own.TEXTS, own.BALLAST_TREE, own.HOME].join('|'), exec.trim());
  assert.deepStrictEqual(ballast.env(own), own);
  assert.deepStrictEqual(base, { PATH: '/bin', LD_LIBRARY_PATH: '/opt/lib', HOME: '/home' });
  assert.ok(!ballast.env({}).PATH.endsWith(':'), 'an empty part would be the current directory');
});

test('BALLAST_DISABLE=1 uses what is installed, and touches nothing', async (t) => {
  process.env.BALLAST_DISABLE = '1';
  t.after(() => delete process.env.BALLAST_DISABLE);
  const ballast = new Ballast({ package: '/nonexistent' });
  assert.deepStrictEqual(await ballast.ensure(), { disabled: true });
  assert.deepStrictEqual(ballast.ensureSync(), { disabled: true });
  assert.match(await ballast.path('usr/bin/sed'), /^\/(usr\/)?bin\/sed$/);
  assert.throws(() => ballast.pathSync('usr/bin/none'), { code: 'not_found' });
  assert.deepStrictEqual(ballast.env({ PATH: '/x' }), { PATH: '/x' });
  assert.strictEqual((await ballast.execFile('sed', ['--version'])).stdout.split('\n', 1)[0], childProcess.execFileSync('sed', ['--version'], { encoding: 'utf8' }).split('\n', 1)[0]);
});
