'use strict';

// ballast-run's exit statuses (src/base/result.hpp): public, never changed.
const codeOfStatus = new Map([
  [1, 'check_failed'],
  [2, 'usage'],
  [3, 'not_found'],
  [4, 'corrupt'],
  [5, 'permission'],
  [6, 'unavailable'],
  [7, 'no_space'],
  [130, 'interrupted'],
]);

// Why a tree could not be brought into the context. `message` reads "<object>: <what>: <cause>";
// `code` tells whether a retry is worth it (unavailable), `hint` the way out where there is one;
// `line` is the line that ballast-run printed, or would have.
class BallastError extends Error {
  constructor(code, message, { hint, line, cause } = {}) {
    super(hint ? `${message} (${hint})` : message, cause === undefined ? undefined : { cause });
    this.name = 'BallastError';
    this.code = code;
    this.hint = hint ?? '';
    this.line = line ?? `ballast-run: error: ${message}`;
  }
}

const prefix = 'ballast-run: error: ';
const hintPrefix = 'hint: ';

// The error of a ballast-run that ended with `status`, or by `signal`, having said `stderr`.
function errorOfExit(status, signal, stderr) {
  const lines = stderr.split('\n');
  const at = lines.findLastIndex((line) => line.startsWith(prefix));
  if (at >= 0 && codeOfStatus.has(status)) {
    const next = lines[at + 1] ?? '';
    return new BallastError(codeOfStatus.get(status), lines[at].slice(prefix.length), {
      hint: next.startsWith(hintPrefix) ? next.slice(hintPrefix.length) : undefined,
      line: lines[at],
    });
  }
  if (signal) {
    return new BallastError('unavailable', `ballast-run: ended by ${signal}`, {
      hint: signal === 'SIGKILL' ? 'the system may have been out of memory; the next call takes up what was written' : undefined,
    });
  }
  return new BallastError('unavailable', `ballast-run: exit status ${status}: ${stderr.trim()}`);
}

// The error of a ballast-run that could not be started.
function errorOfStart(program, error) {
  if (error.code === 'ENOENT') {
    return new BallastError('not_found', `${program}: no such program`, {
      hint: 'deploy the slim package as `ballast pack` wrote it: ballast-run lies beside ballast.lock',
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new BallastError('permission', `${program}: cannot execute`, {
      hint: 'the zip or the copy lost its executable bit',
      cause: error,
    });
  }
  return new BallastError('unavailable', `${program}: cannot start: ${error.message}`, { cause: error });
}

module.exports = { BallastError, errorOfExit, errorOfStart };
