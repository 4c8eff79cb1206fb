'use strict';

// Runs programs out of the tree, and says in one line why one failed.

const ballast = require('@ballast/run');

const timeoutMilliseconds = 20_000;

function failure(program, error) {
  if (error.name === 'BallastError') return error;
  if (error.killed) return new Error(`${program}: took longer than ${timeoutMilliseconds} ms`, { cause: error });
  const said = `${error.stderr ?? ''}${error.stdout ?? ''}`.trim().split('\n')[0];
  return new Error(`${program}: failed: ${said || error.message}`, { cause: error });
}

// Resolves with the program's standard output.
async function run(program, args) {
  try {
    const { stdout } = await ballast.execFile(program, args, { timeout: timeoutMilliseconds, killSignal: 'SIGKILL' });
    return stdout;
  } catch (error) {
    throw failure(program, error);
  }
}

module.exports = { failure, run, timeoutMilliseconds };
