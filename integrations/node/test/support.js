'use strict';

// What the tests share: a package of real programs, packed by the real ballast, and a fresh root for each test.

const childProcess = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

for (const name of Object.keys(process.env)) {
  if (/^(BALLAST_(?!BIN$)|LAMBDA_|LD_)/.test(name)) delete process.env[name];
}
// The cold starts' lines would stand between the tests' own.
process.env.BALLAST_LOG = 'off';

const bin = process.env.BALLAST_BIN ?? path.resolve(__dirname, '../../../build/release/bin');

const top = fs.mkdtempSync(path.join(os.tmpdir(), 'ballast-node-'));
process.on('exit', () => fs.rmSync(top, { recursive: true, force: true }));

const temporaryDirectory = () => fs.mkdtempSync(path.join(top, 'test-'));

function write(file, content, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
}

// The libraries that Debian's sed is linked with, other than the C library.
function librariesOf(program) {
  const lines = childProcess.execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  return lines.map((line) => line.match(/=> (\S+)/)?.[1]).filter((file) => file && !/\/libc\.so/.test(file));
}

// Makes and packs a function with sed, its libraries, and a group of texts. Returns { directory, slim, store }.
function packedFunction({ text = 'some text', settings = '' } = {}) {
  const directory = temporaryDirectory();
  const source = path.join(directory, 'function');
  write(`${source}/handler.js`, "exports.handler = async () => 'ok';\n");
  write(`${source}/usr/bin/sed`, fs.readFileSync('/bin/sed'), 0o755);
  for (const library of librariesOf('/bin/sed')) write(`${source}/usr/lib/${path.basename(library)}`, fs.readFileSync(library));
  for (let i = 0; i < 20; i += 1) write(`${source}/usr/share/texts/${i}.txt`, `${text} ${i}\n`.repeat(500));
  write(
    `${source}/ballast.toml`,
    'name = "sample"\ninclude = ["/usr/"]\ncodec = "zstd"\nlevel = 1\n[groups]\ntexts = ["/usr/share/texts/"]\n[env]\nTEXTS = "{tree}/usr/share/texts"\n' + settings,
  );
  const [slim, store] = [path.join(directory, 'slim'), path.join(directory, 'store')];
  childProcess.execFileSync(path.join(bin, 'ballast'), ['pack', source, '--out', slim, '--store', store, '--push', '--quiet']);
  return { directory, slim, store };
}

// Runs a Node program of its own; returns what it printed as JSON.
function inNewProcess(file, source, env = {}) {
  fs.writeFileSync(file, source);
  const stdout = childProcess.execFileSync(process.execPath, [file], { encoding: 'utf8', env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

module.exports = { bin, inNewProcess, packedFunction, temporaryDirectory, write };
