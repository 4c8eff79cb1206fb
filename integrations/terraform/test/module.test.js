'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { parse } = require('@cdktf/hcl2json');

const top = path.resolve(__dirname, '..');
const page = fs.readFileSync(path.resolve(top, '../../docs/terraform.md'), 'utf8');

// All files of a directory as one configuration, as Terraform has it: {variable: {name: [block]}, ...}.
async function configuration(directory) {
  const merged = {};
  for (const name of fs.readdirSync(directory).filter((file) => file.endsWith('.tf'))) {
    const parsed = await parse(name, fs.readFileSync(path.join(directory, name), 'utf8'));
    for (const [kind, blocks] of Object.entries(parsed)) {
      if (Array.isArray(blocks)) merged[kind] = [...(merged[kind] ?? []), ...blocks];
      else merged[kind] = { ...merged[kind], ...blocks };
    }
  }
  return merged;
}
const found = (value, pattern) => new Set([...JSON.stringify(value).matchAll(pattern)].map(([, name]) => name));
const sorted = (names) => [...names].sort();

test('every variable is used, described and documented; none is missing', async () => {
  const module = await configuration(top);
  assert.deepEqual(sorted(found(module, /\bvar\.(\w+)/g)), Object.keys(module.variable).sort());
  for (const [name, [block]] of Object.entries(module.variable)) {
    assert.ok(block.description && block.type, name);
    assert.ok(page.includes(`\`${name}\``), `docs/terraform.md does not name ${name}`);
  }
});

test('every local and resource that is referred to is there', async () => {
  const module = await configuration(top);
  const locals = module.locals.flatMap(Object.keys);
  assert.deepEqual(sorted(found(module, /\blocal\.(\w+)/g)), locals.sort());
  for (const name of found(module, /\bterraform_data\.(\w+)/g)) assert.ok(name in module.resource.terraform_data, name);
});

test('outputs are described and documented, and the example uses what exists', async () => {
  const [module, example] = [await configuration(top), await configuration(path.join(top, 'example'))];
  for (const [name, [block]] of Object.entries(module.output)) {
    assert.ok(block.description, name);
    assert.ok(page.includes(`\`${name}\``), `docs/terraform.md does not name ${name}`);
  }
  for (const name of found(example, /\bmodule\.render\.(\w+)/g)) assert.ok(name in module.output, name);
  const [{ source, ...settings }] = example.module.render;
  assert.equal(path.resolve(top, 'example', source), top);
  for (const name of Object.keys(settings)) assert.ok(name in module.variable, name);
  for (const [name, [block]] of Object.entries(module.variable)) assert.ok('default' in block || name in settings, `the example lacks ${name}`);
});

test('the parser finds what is wrong', async () => {
  await assert.rejects(parse('broken.tf', 'resource "a" {'));
});
