'use strict';

// What the tests of emulators run: says what of its tree it sees, through a program out of it.

const crypto = require('node:crypto');
const fs = require('node:fs');
const ballast = require('@ballast/run');

// Tells contexts apart: a module is loaded once in each.
const context = crypto.randomUUID();

exports.handler = async (event, lambdaContext) => {
  const { start } = await ballast.ensure({ context: lambdaContext });
  const { stdout } = await ballast.execFile('cat', [await ballast.path('usr/share/edition.txt')]);
  // Held until as many calls are here as the test wants at once.
  if (event.gate) await (await fetch(event.gate)).text();
  const data = fs.readFileSync(await ballast.path('usr/share/data.bin'));
  return {
    start,
    edition: stdout.trim(),
    digest: crypto.createHash('sha256').update(data).digest('hex'),
    program: await ballast.path('usr/bin/cat'),
    user: process.getuid(),
    context,
  };
};
