'use strict';

// Draws pages with the tree's `gs`.

const fs = require('node:fs/promises');
const ballast = require('@ballast/run');

const { run, timeoutMilliseconds, failure } = require('./programs');

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
    const gs = ballast.spawn('gs', [...args, '-c', `(${mark}\n) print flush`], {
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
    gs.on('error', (error) => reject(failure('gs', error)));
    gs.on('close', (status) => {
      if (status === 0 && proof) return resolve(proof);
      reject(failure('gs', Object.assign(new Error(`exit status ${status}`), { stdout: output, killed: gs.killed })));
    });
  });
}

const quiet = ['-q', '-dSAFER', '-dNOPAUSE'];

// Makes a PDF of a PostScript document.
exports.distill = (input, output) => run('gs', [...quiet, '-dBATCH', '-sDEVICE=pdfwrite', `-sOutputFile=${output}`, '-f', input]);

// Draws the first page of the PDF `input` at event.dpi. Returns the proof of what gs ran from, when the event asks for it.
exports.drawPage = async (input, output, event) => {
  const args = [
    ...quiet, '-sDEVICE=png16m', `-r${event.dpi}`, '-dTextAlphaBits=4', '-dGraphicsAlphaBits=4',
    '-dFirstPage=1', '-dLastPage=1', `-sOutputFile=${output}`,
  ];
  if (event.proof) return runWithProof([...args, '-f', input]);
  await run('gs', [...args, '-dBATCH', '-f', input]);
  return undefined;
};
