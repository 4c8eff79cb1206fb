'use strict';

const { spawn } = require('node:child_process');

// ballast's exit statuses (src/base/result.hpp): public, never changed.
const codes = { 1: 'check_failed', 2: 'usage', 3: 'not_found', 4: 'corrupt', 5: 'permission', 6: 'unavailable', 7: 'no_space', 130: 'interrupted' };

// An error for the deploying user: { isBallast, message, hint, code }.
function failure(code, message, hint) {
  return Object.assign(new Error(message), { isBallast: true, code, hint });
}

const errorPrefix = 'ballast: error: ';

function failureOf(status, signal, lines) {
  const at = lines.findIndex((line) => line.startsWith(errorPrefix));
  if (at < 0) return failure('unavailable', `ballast: ${signal ? `ended by ${signal}` : `exit status ${status}`}: ${lines.join(' ').trim()}`);
  const hint = lines[at + 1]?.startsWith('hint: ') ? lines[at + 1].slice('hint: '.length) : undefined;
  return failure(codes[status] ?? 'unavailable', lines[at], hint);
}

// Runs ballast in the service's directory, so that relative stores in its settings are relative to that. Resolves with
// its JSON; passes its warnings on. Rejects with a failure.
function ballast(args, { program, directory, warn }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, '--json', '--quiet'], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (error) =>
      reject(failure('not_found', `${program}: cannot start: ${error.code}`, 'install ballast, or name it in custom.ballast.program')),
    );
    child.on('close', (status, signal) => {
      const lines = stderr.split('\n');
      if (status !== 0) return reject(failureOf(status, signal, lines));
      const prefix = 'ballast: warning: ';
      for (const line of lines) if (line.startsWith(prefix)) warn(line.slice(prefix.length));
      resolve(JSON.parse(stdout));
    });
  });
}

module.exports = { ballast, failure };
