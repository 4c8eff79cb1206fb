'use strict';

// What action.yml describes. Speaks GitHub's protocol itself (INPUT_*, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, ::error::), so that
// nothing has to be installed or bundled.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { randomUUID } = require('node:crypto');

const { summary } = require('./summary');

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
const flag = (name, value) => (value === '' ? [] : [name, value]);

// As GitHub has it: a command's data must not end its line.
const escaped = (text) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

class Failure extends Error {}

// Runs ballast, and gives its JSON. What it says besides is in the log; warnings become annotations.
function ballast(...args) {
  const result = spawnSync(input('program') || 'ballast', [...args, '--json'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.error) throw new Failure(`ballast cannot be started (${result.error.code})\nhint: run the 'setup' action before, or name it with 'program'`);
  const prefix = 'ballast: warning: ';
  for (const line of result.stderr.split('\n').filter(Boolean)) {
    console.log(line.startsWith(prefix) ? `::warning title=Ballast::${escaped(line.slice(prefix.length))}` : line);
  }
  if (result.status !== 0) throw new Failure(result.stderr.replace(/^ballast: warning: .*\n/gm, '').replace(/^ballast: error: /, '').trim());
  return JSON.parse(result.stdout);
}

function setOutputs(outputs) {
  // With a delimiter that no value can hold.
  const end = randomUUID();
  const lines = Object.entries(outputs).map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`);
  fs.appendFileSync(process.env.GITHUB_OUTPUT, lines.join(''));
}

function run() {
  const choice = input('push').toLowerCase();
  if (!['true', 'false'].includes(choice)) throw new Failure(`push: '${input('push')}' is neither true nor false`);
  const push = choice === 'true';
  const source = input('package');
  const slim = input('slim');
  const before = ballast('analyze', source);
  const settings = [...flag('--store', input('store')), ...flag('--name', input('name')), ...flag('--version', input('version'))];
  // Who sends nothing may have no credentials either: then the store is not even asked what it has.
  const packed = ballast('pack', source, '--out', slim, '--quiet', ...settings, ...(push ? [] : ['--repack']));
  const after = ballast('analyze', slim);
  // What is too large to be deployed is not sent either.
  let tooLarge;
  try {
    ballast('analyze', slim, ...flag('--max-size', input('max-size')));
  } catch (error) {
    tooLarge = error;
  }
  const pushed = push && !tooLarge ? ballast('push', slim, '--quiet', ...flag('--store', input('store'))) : null;
  fs.appendFileSync(process.env.GITHUB_STEP_SUMMARY, summary({ before, packed, after, pushed, limit: input('max-size'), fits: !tooLarge }));
  if (tooLarge) throw tooLarge;
  setOutputs({
    slim,
    version: packed.version,
    'slim-bytes': after.bytes,
    'package-bytes': before.bytes,
    'tree-bytes': packed.tree_bytes,
    'new-bytes': packed.new_bytes,
  });
}

try {
  run();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.log(`::error title=Ballast::${escaped(error.message)}`);
  process.exitCode = 1;
}
