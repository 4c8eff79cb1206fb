'use strict';

// What the actions have in common. They speak GitHub's protocol themselves (INPUT_*, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY,
// ::error::), so that nothing has to be installed or bundled.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { randomUUID } = require('node:crypto');

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
const flag = (name, value) => (value === '' ? [] : [name, value]);

class Failure extends Error {}

function choice(name) {
  const value = input(name).toLowerCase();
  if (!['true', 'false'].includes(value)) throw new Failure(`${name}: '${input(name)}' is neither true nor false`);
  return value === 'true';
}

// As GitHub has it: a command's data must not end its line.
const escaped = (text) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const annotate = (kind, text) => console.log(`::${kind} title=Ballast::${escaped(text)}`);

// Runs ballast: what it printed, and its failure, if any. What it says besides is in the log; warnings become annotations.
function ballast(...args) {
  const result = spawnSync(input('program') || 'ballast', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.error) throw new Failure(`ballast cannot be started (${result.error.code})\nhint: run the 'setup' action before, or name it with 'program'`);
  const prefix = 'ballast: warning: ';
  for (const line of result.stderr.split('\n').filter(Boolean)) {
    if (line.startsWith(prefix)) annotate('warning', line.slice(prefix.length));
    else console.log(line);
  }
  if (result.status === 0) return { printed: result.stdout };
  const said = result.stderr.replace(/^ballast: warning: .*\n/gm, '').replace(/^ballast: error: /, '').trim();
  return { printed: result.stdout, status: result.status, failure: new Failure(said || `ballast ended with ${result.status ?? result.signal}`) };
}

function ballastJson(...args) {
  const { printed, failure } = ballast(...args, '--json');
  if (failure) throw failure;
  return JSON.parse(printed);
}

function setOutputs(outputs) {
  // With a delimiter that no value can hold.
  const end = randomUUID();
  const lines = Object.entries(outputs).map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`);
  fs.appendFileSync(process.env.GITHUB_OUTPUT, lines.join(''));
}

const addToSummary = (markdown) => fs.appendFileSync(process.env.GITHUB_STEP_SUMMARY, markdown);

// Runs a step; a Failure fails it, as an annotation.
async function step(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    annotate('error', error.message);
    process.exitCode = 1;
  }
}

module.exports = { Failure, addToSummary, annotate, ballast, ballastJson, choice, flag, input, setOutputs, step };
