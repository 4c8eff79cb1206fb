// The page of `ballast compare --html` in headless Chromium: nothing on the console, nothing asked of the network, numbers as
// in --json, clicks that work. Exit status 77, with the reason, where the browser is not installed.

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

function write(name, bytes, mode = 0o644) {
  const full = path.join(directory, 'package', name);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, bytes, { mode });
}

function makePackage() {
  write('index.js', 'exports.handler = async () => 1;\n');
  write('bin/<b onclick="window.hacked=1">cat', fs.readFileSync('/bin/cat'), 0o755);
  write('bin/git', fs.readFileSync('/usr/bin/git'), 0o755);
  write('ballast.toml', '[groups]\ngit = ["bin/git"]\n[limits]\nmax_size = "1MB"\n');
}

const same = (shown, value, what) => assert.ok(value === null ? Number.isNaN(Number(shown)) || shown === '' || shown === '–' : Math.abs(shown - value) < 1e-6, `${what}: ${shown}, not ${value}`);

async function main() {
  makePackage();
  const file = path.join(directory, 'page.html');
  const json = JSON.parse(execFileSync(path.join(bin, 'ballast'), ['compare', path.join(directory, 'package'), '--json', '--quiet', '--html', file,
    '--without', 'esbuild', '--without', 'upx', '--rounds', '5', '--rate', '0.01', '--service', '1s'], { maxBuffer: 1 << 26 }));
  const browser = await openBrowser();
  try {
    const { page, problems } = await open(browser, file);
    await shoot(page, 'compare-desk');
    assert.deepEqual(await page.$eval('#report', (script) => JSON.parse(script.textContent)), json, 'the report in the page is that of --json');
    const shown = await page.evaluate(() => document.body.innerText);
    assert.ok(shown.includes(json.recommendation.sentence) && shown.includes(json.recommendation.reason), 'the recommendation is there');

    const ways = await rowsBelow(page, 'The ways');
    assert.equal(ways.length, json.ways.length);
    json.ways.forEach((way, i) => {
      assert.equal(ways[i][0], way.name);
      if (way.missing) return assert.ok(ways[i][6].includes(way.missing));
      same(ways[i][1], way.package_bytes, `${way.name}: package`);
      same(ways[i][3], way.cold_ms, `${way.name}: cold start`);
      same(ways[i][4], way.each_ms, `${way.name}: each invocation`);
      return undefined;
    });
    const bills = await rowsBelow(page, 'Who waits, and the bill');
    const billed = json.ways.filter((way) => way.bill);
    assert.equal(bills.length, billed.length);
    billed.forEach((way, i) => {
      same(bills[i][1], 100 * way.bill.cold_share, `${way.name}: cold`);
      same(bills[i][4], way.bill.usd_a_month, `${way.name}: a month`);
    });
    const offloaded = await rowsBelow(page, 'Offloaded');
    assert.deepEqual(offloaded.map((row) => row[1]), json.offload.predicted.map((part) => part.bytes));

    // The chart: every way that works, and the limit.
    const drawn = await page.evaluate(() => {
      const section = [...document.querySelectorAll('section')].find((one) => one.querySelector('h2').textContent === 'Size against cold start');
      const option = [...section.querySelectorAll('*')].find((one) => one.chart).chart.getOption();
      return { points: option.series.flatMap((one) => (one.data || []).map((point) => (point.value || point).slice(0, 2))), text: section.innerText,
        marks: option.series.flatMap((one) => (one.markLine && one.markLine.data) || []).map((mark) => mark.xAxis) };
    });
    const expected = json.ways.filter((way) => way.works && way.cold_ms !== null && way.limit_bytes === json.limit_bytes);
    assert.equal(drawn.points.length, expected.length);
    for (const way of expected) assert.ok(drawn.points.some(([x, y]) => x === way.package_bytes && Math.abs(y - way.cold_ms - way.each_ms) < 1e-9), way.name);
    assert.ok(drawn.marks.includes(json.limit_bytes), 'the limit is drawn in');

    // Sorting by a click on a title.
    await clickIn(page, 'Programs, packed', 'thead button', 'Size');
    const programs = await rowsBelow(page, 'Programs, packed');
    assert.deepEqual(programs.map((row) => row[2]), programs.map((row) => row[2]).sort((a, b) => b - a));
    assert.equal(await page.evaluate(() => window.hacked), undefined, 'no name is run');
    const pdf = await page.pdf({ format: 'A4' });
    if (shots) fs.writeFileSync(path.join(shots, 'compare.pdf'), pdf);
    assert.deepEqual(problems, []);

    const dark = await open(browser, file, { scheme: 'dark' });
    await shoot(dark.page, 'compare-dark');
    assert.deepEqual(dark.problems, []);
    const small = await open(browser, file, { viewport: phone });
    await shoot(small.page, 'compare-phone');
    const widths = await small.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(widths[0] <= widths[1], `nothing is wider than the phone: ${widths}`);
    assert.deepEqual(small.problems, []);
  } finally {
    await browser.close();
    fs.rmSync(directory, { recursive: true, force: true });
  }
  console.log('page: ok');
}

await main();
