'use strict';

// Runs functions with @vercel/fun, for a test that says what to do: a line of JSON on standard input is a command, a line on
// descriptor 3 its result. What functions write goes to this program's standard output and error.
//
//   { "id": 1, "do": "create", "name": "render", "params": { Code, Handler, Runtime, Environment, AccessKeyId, SecretAccessKey } }
//   { "id": 2, "do": "invoke", "name": "render", "payload": {} }     { StatusCode, FunctionError?, Payload }
//   { "id": 3, "do": "contexts", "name": "render" }                   the process ids of all that were started for it, in order
//
// fun starts each context as a plain process; here each gets what `context` gives it.

const childProcess = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const { createRequire } = require('node:module');
const { spawn } = childProcess;

const requireInstalled = createRequire(`${process.argv[2]}/`);
const fun = requireInstalled('@vercel/fun');
const { RuntimeServer } = requireInstalled('@vercel/fun/dist/src/runtime-server');
const functions = new Map();
const started = new Map();

childProcess.spawn = (program, args, options) => {
  if (!program.startsWith(`${fun.funCacheDir}/`)) return spawn(program, args, options);
  const child = spawn(path.join(__dirname, 'context'), [program, ...args], options);
  started.get(options.env.AWS_LAMBDA_FUNCTION_NAME).push(child.pid);
  return child;
};

// Lambda says what an event is, and AWS's runtime client crashes (a null pointer) when nobody does.
const { handleNextInvocation } = RuntimeServer.prototype;
RuntimeServer.prototype.handleNextInvocation = function handle(request, response) {
  response.setHeader('Content-Type', 'application/json');
  return handleNextInvocation.call(this, request, response);
};

// fun's runtime `python` starts the `python` that it finds, and looks in its own bin first.
async function providePython() {
  await fun.initializeRuntime('python');
  const bin = path.join(fun.runtimes.python.cacheDir, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.rmSync(path.join(bin, 'python'), { force: true });
  fs.symlinkSync('/usr/bin/python3', path.join(bin, 'python'));
}

const commands = {
  async create({ name, params }) {
    if (params.Runtime === 'python') await providePython();
    started.set(name, []);
    functions.set(name, await fun.createFunction({ FunctionName: name, ...params }));
    return null;
  },
  invoke: ({ name, payload }) => functions.get(name).invoke({ InvocationType: 'RequestResponse', Payload: JSON.stringify(payload) }),
  contexts: ({ name }) => started.get(name),
};

async function answer(line) {
  const command = JSON.parse(line);
  let result;
  try {
    result = { value: await commands[command.do](command) };
  } catch (error) {
    result = { failed: error.stack };
  }
  fs.writeSync(3, `${JSON.stringify({ id: command.id, ...result })}\n`);
}

readline.createInterface({ input: process.stdin }).on('line', answer).on('close', async () => {
  for (const pid of [...started.values()].flat()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  process.exit();
});
