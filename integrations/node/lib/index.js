'use strict';

const { Ballast } = require('./ballast');
const { BallastError } = require('./error');

const standard = new Ballast();

// The methods of one instance with default settings, as functions.
module.exports = {
  Ballast,
  BallastError,
  withOptions: standard.withOptions.bind(standard),
  ensure: standard.ensure.bind(standard),
  ensureSync: standard.ensureSync.bind(standard),
  path: standard.path.bind(standard),
  pathSync: standard.pathSync.bind(standard),
  env: standard.env.bind(standard),
  spawn: standard.spawn.bind(standard),
  execFile: standard.execFile.bind(standard),
  execFileSync: standard.execFileSync.bind(standard),
};
