'use strict';

// Runs the handler once, as a Lambda runtime would: reads one event, prints the result as JSON.
//
//   node run-local.js [EVENT.json]      without a file, the event comes from standard input
//
// Exit status 1 when the handler failed; the result is then Lambda's { errorType, errorMessage }.

const fs = require('node:fs');

async function main() {
  const event = JSON.parse(fs.readFileSync(process.argv[2] ?? 0, 'utf8'));
  const { handler } = require('./handler');
  return handler(event);
}

main().then(
  (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error) => {
    process.stdout.write(`${JSON.stringify({ errorType: error.name, errorMessage: error.message })}\n`);
    process.exitCode = 1;
  },
);
