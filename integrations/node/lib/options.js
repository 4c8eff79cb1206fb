'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { BallastError } = require('./error');

const checks = {
  package: (value) => typeof value === 'string' && value !== '',
  root: (value) => typeof value === 'string' && value !== '',
  store: (value) => typeof value === 'string' && value !== '',
  groups: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== ''),
  timeoutMs: (value) => typeof value === 'number' && value > 0,
  context: (value) => typeof value?.getRemainingTimeInMillis === 'function',
  signal: (value) => typeof value?.addEventListener === 'function',
};
const expected = {
  package: 'the path of a slim package',
  root: 'an absolute path',
  store: "a store's URL",
  groups: 'a list of names',
  timeoutMs: 'milliseconds, more than 0',
  context: "Lambda's context, with getRemainingTimeInMillis()",
  signal: 'an AbortSignal',
};

// Options as they were given, without those that are undefined; `package` absolute. Throws usage.
function checkOptions(options = {}) {
  const checked = {};
  for (const [name, value] of Object.entries(options)) {
    if (!(name in checks)) {
      throw new BallastError('usage', `option '${name}': unknown`, { hint: `there are ${Object.keys(checks).join(', ')}` });
    }
    if (value === undefined) continue;
    if (!checks[name](value)) throw new BallastError('usage', `option '${name}': not ${expected[name]}`);
    checked[name] = value;
  }
  if (checked.package !== undefined) checked.package = path.resolve(checked.package);
  return checked;
}

// The groups that a call needs, sorted; none: the whole tree. As src/hydrate/wanted_groups.cpp has it: those that are named, else
// those of BALLAST_GROUPS, else the lock's; '*' alone is the whole tree. Throws usage.
function wantedGroups(named, fromEnvironment, lock) {
  const shown = named?.length ? `option 'groups'` : 'BALLAST_GROUPS';
  let groups = named?.length ? named : (lock.groups ?? []);
  if (!named?.length && fromEnvironment) groups = fromEnvironment.split(',').map((name) => name.replace(/^ +| +$/g, ''));
  if (groups.length === 1 && groups[0] === '*') return [];
  if (groups.includes('*')) throw new BallastError('usage', `${shown}: '*' is all of the tree, and stands alone`);
  if (groups.includes('')) throw new BallastError('usage', `${shown}: an empty name`);
  return [...new Set(groups)].sort();
}

let programDirectory;

// The slim package when neither an option nor LAMBDA_TASK_ROOT names one: where the program that Node was
// started with lies. require.main is not there in ES modules; argv[1] is what it was made from.
function defaultPackage() {
  if (programDirectory === undefined) {
    const program = require.main?.filename ?? process.argv[1];
    let real = program;
    try {
      if (program) real = fs.realpathSync(program);
    } catch {
      // -e and the like: there is no such file.
    }
    programDirectory = real ? path.dirname(real) : process.cwd();
  }
  return programDirectory;
}

// What is left of the function's time for its own error handling, when `context` sets the deadline.
const marginMs = 250;

// The instant, in milliseconds since 1970, at which a call gives up; Infinity: never.
function deadlineOf({ timeoutMs, context }) {
  const own = timeoutMs === undefined ? Infinity : Date.now() + timeoutMs;
  const left = context?.getRemainingTimeInMillis();
  // A function is stopped before its time is over: a context that says so knows no time. @vercel/fun's end in 1970.
  return left >= 0 ? Math.min(own, Date.now() + left - marginMs) : own;
}

module.exports = { checkOptions, defaultPackage, deadlineOf, wantedGroups };
