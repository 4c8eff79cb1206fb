'use strict';

// A real eviction, on a disk that holds one of two versions.

const assert = require('node:assert');
const childProcess = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { once } = require('node:events');
const { test } = require('node:test');

const { Ballast } = require('@ballast/run');
const { bin, temporaryDirectory, write } = require('./support');

function packVersion(directory, name) {
  const [source, slim] = [path.join(directory, name), path.join(directory, `slim-${name}`)];
  write(`${source}/handler.js`, '');
  write(`${source}/usr/data.bin`, Buffer.alloc(3_000_000, name));
  write(`${source}/ballast.toml`, 'name = "data"\ninclude = ["/usr/"]\n');
  childProcess.execFileSync(`${bin}/ballast`, ['pack', source, '--out', slim, '--store', `${directory}/store`, '--version', name, '--push', '--quiet'], { stdio: 'ignore' });
  return slim;
}

test('a program that runs is not evicted from; what only Node used is, and comes back', async (t) => {
  const directory = temporaryDirectory();
  const disk = path.join(directory, 'disk');
  fs.mkdirSync(disk);
  const mounted = childProcess.spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=5m,mode=0700', 'ballast-test', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) return t.skip(`a small disk cannot be mounted here: ${mounted.stderr}`);
  t.after(() => childProcess.spawnSync('umount', ['--lazy', disk]));

  const root = path.join(disk, 'root');
  const [older, newer] = ['old', 'new'].map((name) => new Ballast({ package: packVersion(directory, name), root }));
  const { path: tree } = await older.ensure();
  const program = older.spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
  program.stdin.write('up\n');
  await once(program.stdout, 'data');
  await assert.rejects(newer.ensure(), { code: 'no_space' });
  assert.ok(fs.existsSync(`${tree}/usr/data.bin`));

  program.stdin.end();
  await once(program, 'close');
  assert.strictEqual((await newer.ensure()).start, 'cold');
  assert.ok(!fs.existsSync(tree));
  // It had seen its tree, and notices: the program starts in a tree that is there.
  assert.strictEqual(older.execFileSync('sh', ['-c', 'wc -c < "$BALLAST_TREE/usr/data.bin"'], { encoding: 'utf8' }).trim(), '3000000');
  assert.ok(!fs.existsSync(newer.env().BALLAST_TREE));
});
