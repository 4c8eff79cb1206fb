'use strict';

// One run of ballast-run for all callers of this process that want the same at the same time. Each caller has its own
// deadline and signal; the run is killed when the last of them has given up.

const { gaveUp, start } = require('./program');

const runs = new Map();

function runFor(key, slim, args, deadline) {
  let run = runs.get(key);
  if (!run) {
    run = { ...start(slim, args, deadline), deadline, callers: 0 };
    runs.set(key, run);
    const forget = () => {
      if (runs.get(key) === run) runs.delete(key);
    };
    run.done.then(forget, forget);
  }
  return run;
}

// What the run printed, as far as it ended before `deadline` and `signal`. Rejects with its BallastError, or with
// interrupted.
function join(key, slim, args, { deadline, signal }) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(gaveUp(signal.reason));
    if (deadline <= Date.now()) return reject(gaveUp());
    const run = runFor(key, slim, args, deadline);
    run.callers += 1;

    let timer;
    let left = false;
    const leave = () => {
      left = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      run.callers -= 1;
    };
    const giveUp = (cause) => {
      leave();
      if (run.callers === 0) {
        if (runs.get(key) === run) runs.delete(key);
        run.kill();
      }
      reject(gaveUp(cause));
    };
    const onAbort = () => giveUp(signal.reason);
    signal?.addEventListener('abort', onAbort);
    // Longer than setTimeout can count is as good as never.
    if (deadline - Date.now() < 2 ** 31) timer = setTimeout(giveUp, deadline - Date.now());

    run.done.then(
      (stdout) => {
        if (left) return;
        leave();
        resolve(stdout);
      },
      (error) => {
        if (left) return;
        leave();
        // The run had the deadline of who came first, which may be before ours: go on with a run of our own.
        if (error.code === 'interrupted' && run.deadline < deadline) resolve(join(key, slim, args, { deadline, signal }));
        else reject(error);
      },
    );
  });
}

module.exports = { join };
