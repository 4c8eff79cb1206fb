'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { BallastError } = require('./error');

const isText = (value) => typeof value === 'string';
const isDigest = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isListOfText = (value) => Array.isArray(value) && value.every(isText);

// What a start hydrates: the whole tree, unless groups are named.
const isStart = ({ groups }) => groups === undefined || (isListOfText(groups) && groups.length > 0);

// Only as far as this package uses it: ballast-run checks all of it before it does anything.
function isLock(lock) {
  return (
    lock?.ballast === 1 && isText(lock.name) && isText(lock.version) && isDigest(lock.tree) && isDigest(lock.manifest) &&
    isText(lock.root) && isListOfText(lock.path) && isListOfText(lock.library_path) &&
    typeof lock.env === 'object' && lock.env !== null && Object.values(lock.env).every(isText) && isStart(lock)
  );
}

const locks = new Map();

// The slim package's ballast.lock (docs/format.md). It is read once a process: a deployed package does not change.
// Throws not_found, permission, corrupt.
function readLock(slim) {
  const known = locks.get(slim);
  if (known) return known;
  const file = path.join(slim, 'ballast.lock');
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new BallastError('not_found', `${file}: no such file`, {
        hint: 'name the slim package with the option `package`, or set BALLAST_DISABLE=1 where the tools are installed',
        cause: error,
      });
    }
    throw new BallastError('permission', `${file}: ${error.message}`, { cause: error });
  }
  let lock;
  try {
    lock = JSON.parse(text);
  } catch (error) {
    throw new BallastError('corrupt', `${file}: not JSON: ${error.message}`, { cause: error });
  }
  if (!isLock(lock)) {
    throw new BallastError('corrupt', `${file}: not a lock of format 1`, {
      hint: 'use the version of this npm package that came with the Ballast that packed',
    });
  }
  locks.set(slim, lock);
  return lock;
}

module.exports = { readLock };
