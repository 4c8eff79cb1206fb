// The page of `ballast analyze --html` in headless Chromium: nothing on the console, nothing asked of the network,
// nothing of a package's names run, numbers as in --json, clicks that work, on a desk and on a phone, light and dark.
// Exit status 77, with the reason, where the browser is not installed. With BALLAST_PAGE_SHOTS=DIR it leaves pictures.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { clickIn, open, openBrowser, phone, rowsBelow, shoot, skip } from './browser.mjs';

const bin = process.env.BALLAST_BIN;
if (!bin) skip('BALLAST_BIN is not set');
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ballast-page-'));
const shots = process.env.BALLAST_PAGE_SHOTS;

const hostile = [
  '</script><script>window.hacked=1</script>.js',
  '<img src=x onerror="window.hacked=2">.png',
  'a"b\'c&lt;d`${window.hacked=3}`.txt',
  'line\u2028break.js',
  'constructor', '__proto__',
  'ünïcödé-名前-🦭.md',
];

function write(name, bytes) {
  const full = path.join(directory, 'package', name);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, bytes);
}

function makePackage() {
  write('handler.js', 'exports.handler = 1;\n'.repeat(300));
  for (const name of hostile) write(name.replaceAll('/', '∕'), 'x'.repeat(5000));
  for (let i = 0; i < 60; ++i) {
    const at = `node_modules/package-with-a-rather-long-name-${i}`;
    write(`${at}/package.json`, JSON.stringify({ name: `package-with-a-rather-long-name-${i}`, version: `1.${i}.0` }));
    write(`${at}/index.js`, `module.exports = ${i};\n`.repeat(100 + i * 20));
    write(`${at}/index.js.map`, '{"mappings":"AAAA"}'.repeat(40));
    write(`${at}/README.md`, 'Read me.\n'.repeat(50));
  }
  write('node_modules/evil/package.json', JSON.stringify({ name: '<script>window.hacked=4</script>', version: '</table>' }));
  fs.copyFileSync('/bin/cat', path.join(directory, 'package', 'cat'));
}

async function checkNumbers(page, json) {
  const facts = await page.$$eval('.fact', (all) => all.map((fact) => Number(fact.dataset.value)));
  assert.deepEqual(facts.slice(0, 3), [json.unzipped.bytes, json.zipped.bytes, json.files]);
  const embedded = await page.$eval('#report', (script) => JSON.parse(script.textContent));
  assert.deepEqual(embedded, json, 'the report in the page is that of --json');

  const categories = await rowsBelow(page, 'By category');
  assert.deepEqual(categories.map((row) => [row[1], row[3], row[4]]),
    [...json.categories, json].map((part) => [part.bytes, part.compressed_bytes, part.files]));

  const packages = await rowsBelow(page, 'Installed packages');
  assert.equal(packages.length, 20, 'a long table is folded');
  assert.deepEqual(packages.map((row) => [row[0], row[1], row[2], row[4]]),
    json.packages.slice(0, 20).map((one) => [one.name, one.version, one.bytes, one.files]));
  await clickIn(page, 'Installed packages', '.more');
  assert.equal((await rowsBelow(page, 'Installed packages')).length, json.packages.length);

  const extensions = await rowsBelow(page, 'All extensions');
  assert.deepEqual(extensions.map((row) => [row[1], row[4]]), json.extensions.map((one) => [one.bytes, one.files]));

  const leftovers = await rowsBelow(page, 'Probably not needed at run time');
  const maps = json.leftovers.find((one) => one.kind === 'source_maps');
  assert.deepEqual(leftovers.find((row) => row[0] === 'source maps').slice(1, 4).filter((_, i) => i !== 1), [maps.bytes, maps.files]);
}

async function searchIn(page, heading, text) {
  await page.evaluate(([wanted, typed]) => {
    const section = [...document.querySelectorAll('section')].find((one) => one.querySelector('h2').textContent === wanted);
    const input = section.querySelector('input');
    input.value = typed;
    input.dispatchEvent(new Event('input'));
  }, [heading, text]);
}

async function checkTables(page, json) {
  await clickIn(page, 'Installed packages', 'thead button', 'Files');
  await clickIn(page, 'Installed packages', 'thead button', 'Files');
  const sorted = await rowsBelow(page, 'Installed packages');
  assert.equal(sorted[0][4], Math.min(...json.packages.map((one) => one.files)), 'twice on a title sorts upwards');
  await searchIn(page, 'Installed packages', 'name-5');
  assert.equal((await rowsBelow(page, 'Installed packages')).length, 11, 'name-5 and name-50 to name-59');
  await searchIn(page, 'Installed packages', '');
}

async function checkTreemap(page, json) {
  const texts = () => page.$$eval('.treemap text', (all) => all.map((one) => one.textContent).join('\n'));
  assert.match(await texts(), /node_modules/, 'areas have their names');
  const sizes = () => page.evaluate(() => {
    const data = document.querySelector('.treemap').chart.getOption().series[0].data;
    return data.reduce((sum, node) => sum + node.value, 0);
  });
  assert.equal(await sizes(), json.bytes, 'the areas add up to the package');
  await page.evaluate(() => [...document.querySelectorAll('.switch button')][1].click());
  assert.equal(await sizes(), json.compressed_bytes, 'the switch draws compressed sizes');
  await page.evaluate(() => [...document.querySelectorAll('.switch button')][0].click());

  await page.type('input[aria-label="Search paths"]', 'index.js.map');
  const found = await page.$eval('.found', (box) => box.textContent);
  const maps = json.leftovers.find((one) => one.kind === 'source_maps');
  assert.ok(found.startsWith(`${maps.files} files`), `search counts what it finds: ${found}`);
  assert.equal(await page.$$eval('.found li', (all) => all.length), 12);
  const way = () => page.$$eval('.way button', (all) => all.map((one) => one.textContent));
  const firstFound = await page.$eval('.found li button', (button) => button.lastChild.textContent);
  await page.click('.found li button');
  assert.deepEqual(await way(), ['all', ...firstFound.split('/').slice(0, -1)], 'a click on what is found looks into its directory');
  assert.ok((await texts()).startsWith(`${firstFound.split('/').at(-2)}/`), 'the map shows it');
  await page.click('.way button:nth-child(2)');
  assert.deepEqual(await way(), ['all', 'node_modules']);
  await page.click('.way button:first-child');
  await searchIn(page, 'Where it is', '');

  // A real click, on the title of a directory in the map.
  await page.$eval('.treemap', (box) => box.scrollIntoView({ block: 'center' }));
  const title = (await page.$$('.treemap text')).map(async (one) => ({ one, text: await one.evaluate((node) => node.textContent) }));
  const { one } = (await Promise.all(title)).find((candidate) => candidate.text.startsWith('node_modules'));
  await one.click();
  assert.deepEqual(await way(), ['all', 'node_modules'], 'a click on a directory looks into it');
  await clickIn(page, 'Where it is', '.switch button', 'Zipped');
  assert.deepEqual(await way(), ['all', 'node_modules'], 'the switch stays where the reader is');
  assert.doesNotMatch(await texts(), /handler\.js/);
  await page.click('.way button:first-child');
  assert.match(await texts(), /node_modules/);
}

async function main() {
  makePackage();
  const file = path.join(directory, 'page.html');
  const json = JSON.parse(execFileSync(path.join(bin, 'ballast'), ['analyze', path.join(directory, 'package'), '--json', '--html', file], { maxBuffer: 1 << 26 }));
  const browser = await openBrowser();
  try {
    const desk = await open(browser, file);
    await shoot(desk.page, 'desk-light');
    await checkNumbers(desk.page, json);
    await checkTables(desk.page, json);
    await checkTreemap(desk.page, json);
    assert.equal(await desk.page.evaluate(() => window.hacked), undefined, 'no name is run');
    const inherited = await desk.page.evaluate(() => { const keys = []; for (const key in {}) keys.push(key); return keys; });
    assert.deepEqual(inherited, [], 'no name changes what all objects have');
    const shown = await desk.page.evaluate(() => document.body.innerText);
    assert.ok(shown.includes('<script>window.hacked=4</script>'), 'names are shown as they are');
    const pdf = await desk.page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 20_000);
    if (shots) fs.writeFileSync(path.join(shots, 'print.pdf'), pdf);
    assert.deepEqual(desk.problems, []);

    const dark = await open(browser, file, { scheme: 'dark' });
    await shoot(dark.page, 'desk-dark');
    const background = () => dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await background();
    assert.equal(before, 'rgb(21, 24, 28)');
    await dark.page.click('.theme');
    assert.equal(await background(), 'rgb(255, 255, 255)', 'the button changes to light');
    assert.deepEqual(dark.problems, []);

    const small = await open(browser, file, { viewport: phone });
    await shoot(small.page, 'phone');
    const widths = await small.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(widths[0] <= widths[1], `nothing is wider than the phone: ${widths}`);
    const hidden = await small.page.$$eval('.scroll', (all) => all.filter((box) => box.scrollWidth > box.clientWidth).length);
    assert.equal(hidden, 0, 'no table hides a part of itself');
    const area = await small.page.$eval('.treemap', (box) => { box.scrollIntoView({ block: 'center' }); const at = box.getBoundingClientRect(); return [at.left + at.width / 2, at.top + at.height / 2]; });
    await small.page.touchscreen.tap(...area);
    assert.ok((await small.page.$$('.way button')).length > 1, 'a tap looks into a directory');
    await small.page.emulateMediaType('print');
    const onPaper = await small.page.$$eval('.chart svg', (all) => all.every((svg) => svg.getBoundingClientRect().right <= innerWidth && svg.getBoundingClientRect().height > 100));
    assert.ok(onPaper, 'charts are scaled to the paper');
    assert.deepEqual(small.problems, []);
  } finally {
    await browser.close();
    fs.rmSync(directory, { recursive: true, force: true });
  }
  console.log('page: ok');
}

await main();
