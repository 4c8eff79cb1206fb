'use strict';

// Runs the package's ballast-run.

const childProcess = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { BallastError, errorOfExit, errorOfStart } = require('./error');

// Where a layer made by `ballast layer` has it, for slim packages without one.
const inLayer = '/opt/bin/ballast-run';

function programOf(slim) {
  const own = path.join(slim, 'ballast-run');
  return fs.existsSync(own) || !fs.existsSync(inLayer) ? own : inLayer;
}

// What hydrates by groups takes. All of it named, the whole tree too: a program's environment may say otherwise.
const groupFlagsOf = (groups) => (groups.length === 0 ? ['--group=*'] : groups.map((group) => `--group=${group}`));

// What every command takes: where the package is, and what was named besides.
function flagsOf(slim, { store, root }) {
  const flags = [];
  if (store !== undefined) flags.push('--store', store);
  if (root !== undefined) flags.push('--root', root);
  flags.push('--package', slim);
  return flags;
}

// Its cold start's line goes where ours go: a sentence to a terminal, JSON to a log collector.
function environmentUntil(deadline) {
  const environment = { ...process.env };
  if (!environment.BALLAST_LOG && process.stderr.isTTY) environment.BALLAST_LOG = 'text';
  if (deadline !== Infinity) environment.BALLAST_DEADLINE_MS = String(Math.ceil(deadline));
  return environment;
}

const gaveUp = (cause) =>
  new BallastError('interrupted', 'hydration: not done in the time that was left', {
    hint: 'the next call takes up what was written; give it more time, or name the groups that are needed',
    cause,
  });

// Starts ballast-run. `done` resolves with what it printed, and rejects with a BallastError; kill() ends it at
// any instant: hydration is made for that (docs/hydrate.md, "When it is killed").
function start(slim, args, deadline) {
  const program = programOf(slim);
  let child;
  const done = new Promise((resolve, reject) => {
    child = childProcess.spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environmentUntil(deadline) });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (error) => reject(errorOfStart(program, error)));
    child.on('close', (status, signal) => {
      if (status !== 0) return reject(errorOfExit(status, signal, stderr));
      if (stderr) process.stderr.write(stderr);
      resolve(stdout);
    });
  });
  return { done, kill: () => child.kill('SIGKILL') };
}

// The same, waiting for its end.
function runSync(slim, args, deadline) {
  const program = programOf(slim);
  const timeout = deadline === Infinity ? undefined : Math.ceil(deadline - Date.now());
  if (timeout <= 0) throw gaveUp();
  const result = childProcess.spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentUntil(deadline),
    encoding: 'utf8',
    timeout,
    killSignal: 'SIGKILL',
  });
  if (result.error?.code === 'ETIMEDOUT') throw gaveUp();
  if (result.error) throw errorOfStart(program, result.error);
  if (result.status !== 0) throw errorOfExit(result.status, result.signal, result.stderr);
  if (result.stderr) process.stderr.write(result.stderr);
  return result.stdout;
}

module.exports = { flagsOf, gaveUp, groupFlagsOf, programOf, runSync, start };
