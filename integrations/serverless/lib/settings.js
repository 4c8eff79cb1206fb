'use strict';

const fs = require('node:fs/promises');
const path = require('node:path');

const { failure } = require('./ballast');

const patterns = { type: 'array', items: { type: 'string' } };

// What ballast.toml knows too (docs/configuration.md), and what is checked there: here only the shapes are.
const fileSettings = {
  include: patterns,
  exclude: patterns,
  groups: { type: 'object', additionalProperties: patterns },
  start: { type: 'object', properties: { groups: patterns }, additionalProperties: false },
  env: { type: 'object', additionalProperties: { type: 'string' } },
  codec: { type: 'string' },
  level: { type: 'integer' },
  frame: { type: 'string' },
};
const settings = {
  ...fileSettings,
  config: { type: 'string' },
  name: { type: 'string' },
  store: { type: 'string' },
  root: { type: 'string' },
};
const serviceSettings = { ...settings, push: { enum: ['deploy', 'package'] }, program: { type: 'string' } };

// Lets the framework check serverless.yml.
function defineSchema(handler) {
  handler.defineCustomProperties({
    type: 'object',
    properties: { ballast: { type: 'object', properties: serviceSettings, additionalProperties: false } },
  });
  handler.defineFunctionProperties('aws', {
    properties: { ballast: { anyOf: [{ const: false }, { type: 'object', properties: settings, additionalProperties: false }] } },
  });
}

// JSON's texts, lists and numbers are TOML's, too.
const tomlTable = (object) => Object.entries(object).map(([key, value]) => `${JSON.stringify(key)} = ${JSON.stringify(value)}\n`).join('');

function toml({ groups, start, env, ...plain }) {
  const tables = Object.entries({ groups, start, env }).filter(([, value]) => value !== undefined);
  return tomlTable(plain) + tables.map(([name, value]) => `\n[${name}]\n${tomlTable(value)}`).join('');
}

// The settings of one artifact: { flags, push, file }, where `file` is the text of its ballast.toml, or undefined. They
// stand in serverless.yml or in a ballast.toml, not in both. Rejects with a failure.
async function settingsOf(given, name, directory) {
  const inYaml = Object.fromEntries(Object.keys(fileSettings).filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
  const config = path.resolve(directory, given.config ?? 'ballast.toml');
  const file = await fs.readFile(config, 'utf8').catch((error) => {
    if (given.config === undefined && error.code === 'ENOENT') return undefined;
    throw failure('not_found', `${config}: cannot read: ${error.code}`, 'custom.ballast.config names it');
  });
  const keys = Object.keys(inYaml);
  if (file !== undefined && keys.length > 0) {
    throw failure('usage', `${config}: serverless.yml sets '${keys[0]}' as well`, 'keep the settings in one of them');
  }
  const flags = [];
  // A family for each function: stages share what they have in common.
  flags.push('--name', given.name ?? name);
  if (given.store !== undefined) flags.push('--store', given.store);
  if (given.root !== undefined) flags.push('--root', given.root);
  return { flags, push: given.push ?? 'deploy', file: file ?? (keys.length > 0 ? toml(inYaml) : undefined) };
}

module.exports = { defineSchema, settingsOf };
