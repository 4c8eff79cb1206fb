'use strict';

// Measures @ballast/run in this process; prints microseconds as JSON: measure.js warm|cold SLIM ROOT

const { performance } = require('node:perf_hooks');

const [mode, slim, root] = process.argv.slice(2);
const loaded = performance.now();
const { Ballast } = require('../../integrations/node');
const load = (performance.now() - loaded) * 1000;

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) * 1000;
}

function timedSync(work, times = 1) {
  const start = performance.now();
  for (let i = 0; i < times; i += 1) work();
  return ((performance.now() - start) * 1000) / times;
}

async function main() {
  const ballast = new Ballast({ package: slim, root });
  if (mode === 'cold') return { 'await ensure()': await timed(() => ballast.ensure()) };
  const first = timedSync(() => ballast.ensureSync());
  const second = timedSync(() => ballast.ensureSync());
  const spawn = () => ballast.execFileSync('true');
  const bare = () => require('node:child_process').execFileSync('true');
  spawn();
  bare();
  return {
    'loading the module': load,
    'first ensureSync()': first,
    // Before V8 has compiled it.
    'second ensureSync()': second,
    'ensureSync(), mean of 10,000': timedSync(() => ballast.ensureSync(), 10_000),
    'await ensure(), mean of 10,000': (await timed(async () => {
      for (let i = 0; i < 10_000; i += 1) await ballast.ensure();
    })) / 10_000,
    'pathSync(), mean of 10,000': timedSync(() => ballast.pathSync('usr/bin/sed'), 10_000),
    "execFileSync('true')": timedSync(spawn, 20),
    "child_process.execFileSync('true')": timedSync(bare, 20),
  };
}

main().then((measured) => console.log(JSON.stringify(measured)));
