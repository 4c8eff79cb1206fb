'use strict';

// What GitHub's runner does around an action, as far as these need it.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { parse } = require('yaml');

const top = path.resolve(__dirname, '..');
const bin = process.env.BALLAST_BIN ?? path.resolve(top, '../../build/release/bin');
const readYaml = (name) => parse(fs.readFileSync(path.join(top, name), 'utf8'));

function directory(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'ballast-github-'));
  t.after(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

function write(file, content, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
}

function makePackage(where) {
  write(path.join(where, 'handler.js'), "exports.handler = async () => 'ok';\n");
  write(path.join(where, 'usr/bin/sed'), fs.readFileSync('/bin/sed'), 0o755);
  write(path.join(where, 'ballast.toml'), 'include = ["/usr/"]\ncodec = "zstd"\nlevel = 1\n');
}

// The files by which a step speaks to the runner, and what was read from them.
function runnerFiles(where) {
  const files = {};
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_PATH']) {
    files[name] = path.join(where, name.toLowerCase());
    fs.writeFileSync(files[name], '');
  }
  return files;
}

// name=value, or name<<END, lines, END.
function readOutputs(file) {
  const outputs = {};
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  while (lines.length) {
    const line = lines.shift();
    const long = /^([\w-]+)<<(.+)$/.exec(line);
    if (long) {
      const value = [];
      while (lines[0] !== long[2]) value.push(lines.shift());
      lines.shift();
      outputs[long[1]] = value.join('\n');
    } else if (line) {
      outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    }
  }
  return outputs;
}

function environmentOf(files, more) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|BALLAST_|GITHUB_|INPUT_|RUNNER_)/.test(name));
  return { ...Object.fromEntries(kept), ...files, ...more };
}

// Runs the JavaScript action as a step with these inputs; those that are not given have action.yml's defaults.
async function runAction(name, inputs, { cwd, env = {} }) {
  const action = readYaml(`${name}/action.yml`);
  for (const given of Object.keys(inputs)) if (!(given in action.inputs)) throw new Error(`${name} has no input ${given}`);
  const values = Object.entries(action.inputs).map(([key, { default: usual }]) => [`INPUT_${key.toUpperCase()}`, String(inputs[key] ?? usual ?? '')]);
  const files = runnerFiles(cwd);
  const PATH = `${bin}:${process.env.PATH}`;
  const child = spawn(process.execPath, [path.join(top, name, action.runs.main)], {
    cwd, env: environmentOf(files, { PATH, ...Object.fromEntries(values), ...env }), stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (text) => { said[stream] += text; });
  const status = await new Promise((resolve) => { child.on('close', resolve); });
  return { status, log: said.stdout + said.stderr, outputs: readOutputs(files.GITHUB_OUTPUT), summary: fs.readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') };
}

module.exports = { bin, directory, environmentOf, makePackage, readOutputs, readYaml, runAction, runnerFiles, top, write };
