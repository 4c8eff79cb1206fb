'use strict';

// Draws pages with the `gs` that PATH has.

const { execFile, spawn } = require('node:child_process');
const fs = require('node:fs/promises');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

const timeoutMilliseconds = 20_000;

function failure(error, event) {
  if (error.code === 'ENOENT') return new Error('gs: not on PATH', { cause: error });
  if (error.killed) return new Error(`page ${event.page}: gs took longer than ${timeoutMilliseconds} ms`, { cause: error });
  const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n')[0];
  return new Error(`page ${event.page}: gs failed: ${said || error.message}`, { cause: error });
}

// The files of the running process: its executable, what it has mapped, what it has open.
async function filesOf(pid) {
  const maps = await fs.readFile(`/proc/${pid}/maps`, 'utf8');
  const mapped = new Set();
  for (const line of maps.split('\n')) {
    const at = line.indexOf('/');
    if (at > 0) mapped.add(line.slice(at));
  }
  const open = new Set();
  for (const fd of await fs.readdir(`/proc/${pid}/fd`)) {
    const target = await fs.readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    if (target.startsWith('/')) open.add(target);
  }
  return { executable: await fs.readlink(`/proc/${pid}/exe`), mapped: [...mapped].sort(), open: [...open].sort() };
}

// Runs gs without -dBATCH: with the page drawn it says so and waits for more PostScript on its
// standard input, and while it waits, what it runs from can be read out of /proc.
function runWithProof(args) {
  const mark = 'page drawn';
  return new Promise((resolve, reject) => {
    const gs = spawn('gs', [...args, '-c', `(${mark}\n) print flush`], {
      timeout: timeoutMilliseconds,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let proof;
    const take = (text) => {
      output += text;
      if (proof || !output.includes(mark)) return;
      proof = filesOf(gs.pid).finally(() => gs.stdin.end('quit\n'));
      proof.catch(() => {});  // reported when gs has ended
    };
    gs.stdout.setEncoding('utf8').on('data', take);
    gs.stderr.setEncoding('utf8').on('data', take);
    gs.stdin.on('error', () => {});  // gs ended before it read; its exit status tells why
    gs.on('error', reject);
    gs.on('close', (status) => {
      if (status === 0 && proof) return resolve(proof);
      reject(Object.assign(new Error(`exit status ${status}`), { stdout: output, killed: gs.killed }));
    });
  });
}

// Draws page event.page of `document` (bytes of a PDF or PostScript file) at event.dpi.
// Returns { png, proof? }. Throws an Error that names the page and the cause.
exports.drawPage = async (document, event) => {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'rendering-'));
  try {
    const input = path.join(directory, 'document');
    const output = path.join(directory, 'page.png');
    await fs.writeFile(input, document);
    const args = [
      '-q', '-dSAFER', '-dNOPAUSE', '-sDEVICE=png16m', `-r${event.dpi}`,
      '-dTextAlphaBits=4', '-dGraphicsAlphaBits=4',
      `-dFirstPage=${event.page}`, `-dLastPage=${event.page}`, `-sOutputFile=${output}`,
    ];
    let proof;
    try {
      if (event.proof) proof = await runWithProof([...args, '-f', input]);
      else await promisify(execFile)('gs', [...args, '-dBATCH', '-f', input], { timeout: timeoutMilliseconds, killSignal: 'SIGKILL' });
    } catch (error) {
      throw failure(error, event);
    }
    const png = await fs.readFile(output).catch(() => {
      throw new Error(`page ${event.page}: the document has no such page`);
    });
    return { png, proof };
  } finally {
    await fs.rm(directory, { recursive: true, force: true });
  }
};
