'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { BallastError } = require('./error');

function putBefore(environment, name, directories, tree) {
  if (directories.length === 0) return;
  const own = directories.map((directory) => (directory === '.' ? tree : `${tree}/${directory}`)).join(':');
  const present = environment[name];
  // A program that was itself started in the tree's environment has them already.
  if (present === own || present?.startsWith(`${own}:`)) return;
  environment[name] = present ? `${own}:${present}` : own;
}

// The environment that `ballast-run exec` gives to programs, made from `base`.
function treeEnvironment(lock, tree, base) {
  const environment = { ...base };
  putBefore(environment, 'PATH', lock.path, tree);
  putBefore(environment, 'LD_LIBRARY_PATH', lock.library_path, tree);
  for (const [name, value] of Object.entries(lock.env)) environment[name] = value.replaceAll('{tree}', () => tree);
  environment.BALLAST_TREE = tree;
  return environment;
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

// Where `program` is on the environment's PATH; a name with a slash is a path already. Throws not_found.
function findProgram(program, environment) {
  if (program.includes('/')) return program;
  for (const directory of (environment.PATH ?? '').split(':')) {
    const file = path.join(directory || '.', program);
    if (isProgram(file)) return file;
  }
  throw new BallastError('not_found', `${program}: no such program in the tree or on PATH`);
}

module.exports = { findProgram, treeEnvironment };
