'use strict';

// What action.yml describes.

const { addToSummary, ballastJson, choice, flag, input, setOutputs, step } = require('../step');
const { summary } = require('./summary');

step(() => {
  const push = choice('push');
  const source = input('package');
  const slim = input('slim');
  const before = ballastJson('analyze', source);
  const settings = [...flag('--store', input('store')), ...flag('--name', input('name')), ...flag('--version', input('version'))];
  // Who sends nothing may have no credentials either: then the store is not even asked what it has.
  const packed = ballastJson('pack', source, '--out', slim, '--quiet', ...settings, ...(push ? [] : ['--repack']));
  const after = ballastJson('analyze', slim);
  // What is too large to be deployed is not sent either.
  let tooLarge;
  try {
    ballastJson('analyze', slim, ...flag('--max-size', input('max-size')));
  } catch (error) {
    tooLarge = error;
  }
  const pushed = push && !tooLarge ? ballastJson('push', slim, '--quiet', ...flag('--store', input('store'))) : null;
  addToSummary(summary({ before, packed, after, pushed, limit: input('max-size'), fits: !tooLarge }));
  if (tooLarge) throw tooLarge;
  setOutputs({
    slim,
    version: packed.version,
    'slim-bytes': after.bytes,
    'package-bytes': before.bytes,
    'tree-bytes': packed.tree_bytes,
    'new-bytes': packed.new_bytes,
  });
});
