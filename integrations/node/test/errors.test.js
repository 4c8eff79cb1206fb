'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { Ballast, BallastError } = require('@ballast/run');
const { packedFunction, temporaryDirectory, write } = require('./support');

const { slim, store } = packedFunction();

function fresh(options) {
  return new Ballast({ package: slim, root: path.join(temporaryDirectory(), 'root'), ...options });
}

// Both ways of asking fail, and in the same way.
async function failure(ballast, options) {
  let thrown;
  assert.throws(
    () => ballast.ensureSync(options),
    (error) => {
      thrown = error;
      return true;
    },
  );
  await assert.rejects(ballast.ensure(options), (error) => {
    assert.deepStrictEqual([error.code, error.line, error.hint], [thrown.code, thrown.line, thrown.hint]);
    return true;
  });
  assert.ok(thrown instanceof BallastError && thrown instanceof Error);
  return thrown;
}

// A slim package whose ballast-run is a script, for what the real one does not do at will.
function packageWith(script) {
  const copy = path.join(temporaryDirectory(), 'slim');
  fs.cpSync(slim, copy, { recursive: true });
  write(`${copy}/ballast-run`, `#!/bin/sh\n${script}\n`);
  fs.chmodSync(`${copy}/ballast-run`, 0o755);
  return copy;
}

test('a store that is not there', async () => {
  const error = await failure(fresh({ store: '/nonexistent/store' }));
  assert.strictEqual(error.code, 'not_found');
  assert.match(error.line, /^ballast-run: error: .*\/nonexistent\/store/);
  assert.ok(error.message.startsWith(error.line.slice('ballast-run: error: '.length)));
});

test('a pack that was changed', async () => {
  const damaged = path.join(temporaryDirectory(), 'store');
  fs.cpSync(store, damaged, { recursive: true });
  for (const name of fs.readdirSync(`${damaged}/packs`)) {
    const bytes = fs.readFileSync(`${damaged}/packs/${name}`);
    bytes.fill(0, 16);
    fs.chmodSync(`${damaged}/packs/${name}`, 0o644);
    fs.writeFileSync(`${damaged}/packs/${name}`, bytes);
  }
  const ballast = fresh({ store: damaged });
  assert.strictEqual((await failure(ballast)).code, 'corrupt');
  assert.strictEqual((await ballast.ensure({ store })).start, 'cold', 'a good store serves after that');
});

test('no package', async () => {
  const error = await failure(fresh({ package: '/nonexistent' }));
  assert.strictEqual(error.code, 'not_found');
  assert.match(error.message, /^\/nonexistent\/ballast\.lock: no such file/);
  assert.match(error.hint, /BALLAST_DISABLE=1/);
});

test('a package without ballast-run, or with one that cannot be executed', async () => {
  const copy = packageWith('');
  fs.chmodSync(`${copy}/ballast-run`, 0o644);
  assert.strictEqual((await failure(fresh({ package: copy }))).code, 'permission');
  fs.rmSync(`${copy}/ballast-run`);
  assert.match((await failure(fresh({ package: copy }))).hint, /beside ballast\.lock/);
});

test('a lock that is not one', async () => {
  const copy = packageWith('');
  for (const text of ['{', '{}', 'null', '{"ballast": 2}']) {
    fs.writeFileSync(`${copy}/ballast.lock`, text);
    assert.strictEqual((await failure(fresh({ package: copy }))).code, 'corrupt', text);
  }
});

test('a group that is not there', async () => {
  const error = await failure(fresh({ groups: ['fonts'] }));
  assert.strictEqual(error.code, 'not_found');
  assert.match(error.hint, /its groups: /);
});

test('options that do not exist, or cannot be meant', () => {
  for (const options of [{ group: 'a' }, { groups: 'a' }, { timeoutMs: 0 }, { context: {} }, { package: '' }]) {
    assert.throws(() => new Ballast(options), { code: 'usage' }, JSON.stringify(options));
  }
});

test('each exit status has its code', async () => {
  const codes = { 1: 'check_failed', 2: 'usage', 3: 'not_found', 4: 'corrupt', 5: 'permission', 6: 'unavailable', 7: 'no_space', 130: 'interrupted' };
  for (const [status, code] of Object.entries(codes)) {
    const script = `echo "a line before" >&2; echo "ballast-run: error: thing: broke" >&2; echo "hint: mend it" >&2; exit ${status}`;
    const error = await failure(fresh({ package: packageWith(script) }));
    assert.deepStrictEqual([error.code, error.line, error.hint], [code, 'ballast-run: error: thing: broke', 'mend it']);
  }
});

test('a ballast-run that is killed or says nothing', async () => {
  assert.match((await failure(fresh({ package: packageWith('kill -KILL $$') }))).message, /ended by SIGKILL/);
  const error = await failure(fresh({ package: packageWith('echo odd >&2; exit 9') }));
  assert.deepStrictEqual([error.code, error.message], ['unavailable', 'ballast-run: exit status 9: odd']);
});

const slow = 'echo $$ > "$(dirname "$0")/pid"; [ -z "$BALLAST_DEADLINE_MS" ] || echo "$BALLAST_DEADLINE_MS" >> "$(dirname "$0")/deadlines"; exec sleep 60';

async function isGone(slimPackage) {
  const pid = Number(fs.readFileSync(`${slimPackage}/pid`, 'utf8'));
  for (let i = 0; i < 100; i += 1) {
    if (!fs.existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

test('time that is up ends the program', async () => {
  const copy = packageWith(slow);
  const context = { getRemainingTimeInMillis: () => 1250 };
  for (const options of [{ timeoutMs: 1000 }, { context }, { context, timeoutMs: 60_000 }]) {
    fs.rmSync(`${copy}/deadlines`, { force: true });
    const error = await failure(fresh({ package: copy }), options);
    assert.strictEqual(error.code, 'interrupted');
    assert.ok(await isGone(copy));
    const [first, second] = fs.readFileSync(`${copy}/deadlines`, 'utf8').trim().split('\n').map(Number);
    assert.ok(second - first >= 990, "the second call began when the first one's second was over");
  }
  assert.strictEqual((await failure(fresh(), { context: { getRemainingTimeInMillis: () => 100 } })).code, 'interrupted');
});

test('a context whose time is over knows no time', async () => {
  // As under @vercel/fun, whose deadlines are in 1970. A real function is stopped before it could ask.
  const context = { getRemainingTimeInMillis: () => 5000 - Date.now() };
  assert.strictEqual((await fresh().ensure({ context })).start, 'cold');
  assert.strictEqual(fresh().ensureSync({ context }).start, 'cold');
});

test('a signal that aborts ends the program, but not while others wait for it', async () => {
  const copy = packageWith(slow);
  const ballast = fresh({ package: copy });
  const [first, second] = [new AbortController(), new AbortController()];
  const calls = [first, second].map(({ signal }) => ballast.ensure({ signal }));
  while (!fs.existsSync(`${copy}/pid`)) await new Promise((resolve) => setTimeout(resolve, 20));
  first.abort(new Error('enough'));
  await assert.rejects(calls[0], (error) => error.code === 'interrupted' && error.cause.message === 'enough');
  assert.ok(fs.existsSync(`/proc/${fs.readFileSync(`${copy}/pid`, 'utf8').trim()}`));
  second.abort();
  await assert.rejects(calls[1], { code: 'interrupted' });
  assert.ok(await isGone(copy));
  await assert.rejects(ballast.ensure({ signal: AbortSignal.abort() }), { code: 'interrupted' });
});

test('who waits for a hydration with a shorter deadline goes on with one of its own', async () => {
  // The first run ends as ballast-run does at its deadline; the second does the work.
  const copy = packageWith(`
    here=$(dirname "$0")
    [ -e "$here/second" ] && exec "${slim}/ballast-run" "$@"
    touch "$here/second"; while [ ! -e "$here/go" ]; do sleep 0.01; done
    echo "ballast-run: error: hydration: stopped" >&2; exit 130`);
  const ballast = fresh({ package: copy });
  const short = ballast.ensure({ timeoutMs: 10_000 });
  const long = ballast.ensure();
  while (!fs.existsSync(`${copy}/second`)) await new Promise((resolve) => setTimeout(resolve, 20));
  fs.writeFileSync(`${copy}/go`, '');
  await assert.rejects(short, { code: 'interrupted' });
  assert.strictEqual((await long).start, 'cold');
});
