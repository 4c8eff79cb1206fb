// The page of `ballast simulate --html` in headless Chromium: nothing on the console, nothing asked of the network,
// nothing of a strategy's name run, numbers as in --json, clicks that work, on a desk and on a phone, light and dark.
// Exit status 77, with the reason, where the browser is not installed. With BALLAST_PAGE_SHOTS=DIR it leaves pictures.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { open, openBrowser, phone, rowsBelow, shoot, skip } from './browser.mjs';

const bin = process.env.BALLAST_BIN;
if (!bin) skip('BALLAST_BIN is not set');
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ballast-page-'));
const shots = process.env.BALLAST_PAGE_SHOTS;
const hostile = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2">';

// Two days of a function that rests at night, with pairs, some init times, and a known number of requests.
function makeLog() {
  let seed = 1;
  const random = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
  const rows = ['start,duration_ms,cold,init_ms'];
  let at = Date.UTC(2024, 0, 30, 6);
  for (let i = 0; i < 1500; ++i) {
    const hour = new Date(at).getUTCHours();
    const gap = -Math.log(1 - random()) * (hour < 6 ? 1800 : 60) * 1000;
    at += gap;
    const cold = gap > 420_000 || random() < 0.01;
    for (let twin = 0; twin < (i % 20 === 0 ? 2 : 1); ++twin)
      rows.push(`${new Date(at).toISOString()},${(80 + random() * 400).toFixed(2)},${cold},${cold ? (250 + random() * 100).toFixed(2) : ''}`);
  }
  fs.writeFileSync(path.join(directory, 'function.csv'), `${rows.join('\n')}\n`);
  fs.writeFileSync(path.join(directory, 'compare.json'), JSON.stringify({ ways: [
    { name: 'as it is', cold_ms: 0, each_ms: 0, works: true },
    { name: 'packed with upx', cold_ms: 190, each_ms: 243, works: true },
    { name: 'offloaded', cold_ms: 412.3, each_ms: 0.6, per_cold_usd: 0.0000072, month_usd: 0.02, tmp_bytes: 1.5 * 2 ** 30, works: true },
    { name: hostile, cold_ms: -20, works: true },
    { name: 'container image', cold_ms: null, works: true }] }));
}

function simulate(file, ...flags) {
  const output = execFileSync(path.join(bin, 'ballast'), ['simulate', ...flags, '--json', '--html', file],
    { maxBuffer: 1 << 28, cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(output);
}

// What the chart below a heading draws: of each series its name and points; its limits; its categories.
function drawnBelow(page, heading) {
  return page.evaluate((wanted) => {
    const section = [...document.querySelectorAll('section')].find((one) => one.querySelector('h2').textContent === wanted);
    if (!section) return null;
    const box = section.querySelector('.chart');
    const option = box.chart.getOption();
    return {
      series: Object.fromEntries(option.series.map((one) => [one.name, one.data.map((point) => point.value)])),
      limits: option.series.flatMap((one) => (one.markLine ? one.markLine.data.map((line) => line.xAxis ?? line.yAxis) : [])),
      categories: option.xAxis[0].data || option.yAxis[0].data,
      types: [option.xAxis[0].type, option.yAxis[0].type],
      paths: box.querySelectorAll('svg path').length,
    };
  }, heading);
}

function near(found, expected, what) {
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${what}: ${found} is ${expected}`);
}

function allNear(found, expected, what) {
  assert.equal(found.length, expected.length, `${what}: as many`);
  found.forEach((value, i) => (Array.isArray(value) ? allNear(value, expected[i], what) : near(value, expected[i], what)));
}

async function checkNumbers(page, json) {
  const embedded = await page.$eval('#report', (script) => JSON.parse(script.textContent));
  assert.deepEqual(embedded, json, 'the report in the page is that of --json');
  const first = json.strategies[0];
  const facts = await page.$$eval('.fact', (all) => all.map((fact) => Number(fact.dataset.value)));
  allNear(facts, [100 * first.cold_share, 100 * json.log.cold / json.log.known, first.wait.mean_ms, first.contexts.mean, first.usd.a_month], 'facts');

  const strategies = await rowsBelow(page, 'Strategies');
  assert.deepEqual(strategies.map((row) => row[0]), json.strategies.map((one) => one.name));
  allNear(strategies.map((row) => row.slice(2)), json.strategies.map((one) => [one.cold, 100 * one.cold_share, one.wait.mean_ms, one.latency.p50_ms,
    one.latency.p90_ms, one.latency.p99_ms, one.latency.p999_ms, one.contexts.mean, one.contexts.max, one.usd.a_month]), 'strategies');
  assert.deepEqual(await rowsBelow(page, 'Not simulated'), json.left_out.map((one) => [one.name, one.why]));

  const latency = await drawnBelow(page, 'How long requests take');
  assert.deepEqual(latency.types, ['category', 'log']);
  for (const one of json.strategies)
    allNear(latency.series[one.name].map((point) => point[1]), ['p50_ms', 'p90_ms', 'p99_ms', 'p999_ms'].map((key) => one.latency[key]), 'percentiles');

  const costs = await rowsBelow(page, 'What it costs');
  costs.forEach((row, i) => {
    const usd = json.strategies[i].usd;
    allNear(row.slice(-2), [usd.total, usd.a_month], 'costs');
    near(row.slice(1, -2).reduce((sum, part) => sum + part, 0), usd.total, 'the parts are all');
  });
  const drawnCosts = await drawnBelow(page, 'What it costs a month');
  json.strategies.forEach((one, i) => near(Object.values(drawnCosts.series).reduce((sum, points) => sum + points[i][0], 0), one.usd.a_month, 'the bars are a month'));

  const help = await rowsBelow(page, 'What pings and provisioned contexts would buy');
  allNear(help.map((row) => row.slice(1)), [first, ...json.pings, ...json.provisioned].map((one) => [one.cold, 100 * one.cold_share, one.latency.p99_ms,
    one.latency.p999_ms, one.usd.a_month, one.usd.a_month - first.usd.a_month]), 'help');
  const trade = await drawnBelow(page, 'Cold starts against money');
  allNear(trade.series.Provisioned, json.provisioned.map((one) => [one.usd.a_month, 100 * one.cold_share]), 'provisioned');
  allNear(trade.series.Strategies, json.strategies.map((one) => [one.usd.a_month, 100 * one.cold_share]), 'points of strategies');

  const truth = await rowsBelow(page, "The log's own truth");
  assert.deepEqual(truth.map((row) => row.slice(0, 3)), [['recorded', json.log.cold, json.log.known], ['simulated', first.cold, first.requests]]);
  allNear([truth[0][4], truth[0][8]], [json.log.init.mean_ms, json.log.init.max_ms], 'recorded init');
}

async function checkTime(page, json) {
  const { hours } = json.strategies[0];
  assert.ok(hours.length > 24);
  const share = await drawnBelow(page, 'Cold share by hour');
  assert.equal(share.categories.length, hours.length);
  assert.equal(share.categories[0], '2024-01-30 06h');
  const served = hours.map((hour, i) => [i, hour]).filter(([, hour]) => hour.requests > 0);
  allNear(share.series.Simulated, served.map(([i, hour]) => [i, 100 * hour.cold / hour.requests]), 'share by hour');
  allNear(share.series.Recorded, served.map(([i, hour]) => [i, 100 * json.log.cold_by_hour[i] / hour.requests]), 'recorded by hour');
  const contexts = await drawnBelow(page, 'Contexts by hour');
  allNear(contexts.series.Mean.map((point) => point[1]), hours.map((hour) => hour.contexts_mean), 'contexts');
  allNear(contexts.series['Most at once'].map((point) => point[1]), hours.map((hour) => hour.contexts_max), 'most contexts');
  const requests = await drawnBelow(page, 'Requests by hour');
  allNear(requests.series.Requests.map((point) => point[1]), hours.map((hour) => hour.requests), 'requests');
}

async function checkCurves(page, json) {
  const { curves } = json;
  const rows = [curves.in_flight, ...curves.gaps].slice(0, 2 + curves.gaps.findLastIndex((row) => row.requests > 0));
  const percent = (share) => (share === null ? '' : 100 * share);
  const table = await rowsBelow(page, 'Cold share against idle gap, in numbers');
  assert.deepEqual(table.map((row) => [row[1], row[2], row[4]]), rows.slice(0, 20).map((row) => [row.requests, row.cold, row.recorded_cold]));
  table.forEach((row, i) => (row[3] === '' ? assert.equal(percent(rows[i].cold_share), '') : near(row[3], percent(rows[i].cold_share), 'gap share')));
  const drawn = await drawnBelow(page, 'Cold share against idle gap');
  const indexed = rows.map((row, i) => [i, row]).filter(([, row]) => row.requests > 0);
  allNear(drawn.series.Simulated, indexed.map(([i, row]) => [i, 100 * row.cold_share]), 'gaps');
  allNear(drawn.series.Recorded, indexed.map(([i, row]) => [i, 100 * row.recorded_share]), 'recorded gaps');
  const counts = await drawnBelow(page, 'Requests by idle gap');
  allNear(counts.series.Requests, rows.map((row, i) => [i, row.requests]), 'requests by gap');

  const expiry = await drawnBelow(page, 'Cold share against idle expiry');
  allNear(expiry.series.Simulated, curves.by_expiry.map((row) => [row.idle_expiry_s / 60, 100 * row.cold_share]), 'by expiry');
  const rate = await drawnBelow(page, 'Cold share against rate');
  assert.deepEqual(rate.types, ['log', 'log']);
  allNear(rate.series.Poisson, curves.by_rate.filter((row) => row.cold > 0).map((row) => [row.per_second, 100 * row.cold_share]), 'by rate');
  allNear(rate.limits, [curves.per_second, 100 * json.strategies[0].cold_share], "the log's own rate and share");
  assert.ok(rate.paths > 10, 'it is drawn');
}

async function checkClicks(page, json) {
  const clickTitle = (heading, title) => page.evaluate(([wanted, label]) => {
    const section = [...document.querySelectorAll('section')].find((one) => one.querySelector('h2').textContent === wanted);
    [...section.querySelectorAll('thead button')].find((one) => one.textContent === label).click();
  }, [heading, title]);
  await clickTitle('Strategies', 'A month');
  const months = json.strategies.map((one) => one.usd.a_month).sort((a, b) => b - a);
  allNear((await rowsBelow(page, 'Strategies')).map((row) => row.at(-1)), months, 'the dearest first');
  await clickTitle('Strategies', 'A month');
  allNear((await rowsBelow(page, 'Strategies')).map((row) => row.at(-1)), months.reverse(), 'the cheapest first');

  // A real click on a name of a legend takes its series away, and brings it back.
  const places = await page.evaluateHandle(() => {
    const section = [...document.querySelectorAll('section')].find((one) => one.querySelector('h2').textContent === 'Cold share by hour');
    section.scrollIntoView({ block: 'center' });
    return section.querySelector('.chart');
  });
  const selected = () => places.evaluate((box) => box.chart.getOption().legend[0].selected.Recorded);
  const legend = await places.evaluate((box) => {
    const rectangle = [...box.querySelectorAll('text')].find((one) => one.textContent === 'Recorded').getBoundingClientRect();
    return [rectangle.x + rectangle.width / 2, rectangle.y + rectangle.height / 2];
  });
  assert.notEqual(await selected(), false);
  await page.mouse.click(...legend);
  assert.equal(await selected(), false, 'a click hides a series');
  await page.mouse.click(...legend);
  assert.equal(await selected(), true, 'another shows it');

  // What is under the pointer is told, with the numbers.
  const centre = await places.evaluate((box) => { const at = box.getBoundingClientRect(); return [at.x + at.width / 2, at.y + at.height / 2]; });
  await page.mouse.move(...centre);
  await page.waitForFunction(() => [...document.querySelectorAll('.tooltip')].some((one) => /2024-01-3\d \d\dh/.test(one.textContent) && one.textContent.includes('Simulated')));
}

async function checkSmall(browser) {
  // One request; many days; a limit that rejects: pages without a line drawn where there is nothing to draw.
  const one = path.join(directory, 'one.html');
  fs.writeFileSync(path.join(directory, 'one.csv'), 'start_s,duration_ms\n5,100\n');
  simulate(one, '--trace', 'one.csv');
  const single = await open(browser, one);
  assert.deepEqual(single.problems, []);
  assert.equal(await drawnBelow(single.page, 'Cold share by hour'), null);
  const long = path.join(directory, 'long.html');
  const json = simulate(long, '--rate', '0.01', '--duration', '60d', '--concurrency', '1', '--service', 'exp:20s', '--idle-expiry', 'never');
  const days = await open(browser, long);
  assert.deepEqual(days.problems, []);
  const { hours } = json.strategies[0];
  const drawn = await drawnBelow(days.page, 'Requests by day');
  assert.equal(drawn.categories.length, 60);
  const ofDay = (day) => hours.filter((hour) => Math.floor(hour.begin_s / 86_400) === day);
  allNear(drawn.series.Requests.map((point) => point[1]), drawn.categories.map((_, day) => ofDay(day).reduce((sum, hour) => sum + hour.requests, 0)), 'by day');
  const contexts = await drawnBelow(days.page, 'Contexts by day');
  allNear(contexts.series['Most at once'].map((point) => point[1]), drawn.categories.map((_, day) => Math.max(...ofDay(day).map((hour) => hour.contexts_max))), 'most by day');
  assert.equal(await drawnBelow(days.page, 'Cold share against rate'), null, 'where nothing expires');
  const facts = await days.page.$$eval('.fact .label', (all) => all.map((fact) => fact.textContent));
  assert.ok(facts.includes('Rejected'));
}

async function main() {
  makeLog();
  const file = path.join(directory, 'page.html');
  const json = simulate(file, '--trace', 'function.csv', '--compare', 'compare.json');
  const browser = await openBrowser();
  try {
    const desk = await open(browser, file);
    await shoot(desk.page, 'simulate-desk-light');
    await checkNumbers(desk.page, json);
    await checkTime(desk.page, json);
    await checkCurves(desk.page, json);
    await checkClicks(desk.page, json);
    assert.equal(await desk.page.evaluate(() => window.hacked), undefined, 'no name is run');
    assert.ok((await desk.page.evaluate(() => document.body.innerText)).includes(hostile), 'names are shown as they are');
    const pdf = await desk.page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 20_000);
    if (shots) fs.writeFileSync(path.join(shots, 'simulate-print.pdf'), pdf);
    assert.deepEqual(desk.problems, []);

    const dark = await open(browser, file, { scheme: 'dark' });
    await shoot(dark.page, 'simulate-desk-dark');
    const background = () => dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await background();
    await dark.page.click('.theme');
    assert.notEqual(await background(), before, 'the button changes to light');
    assert.deepEqual(dark.problems, []);

    const small = await open(browser, file, { viewport: phone });
    await shoot(small.page, 'simulate-phone');
    const widths = await small.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(widths[0] <= widths[1], `nothing is wider than the phone: ${widths}`);
    assert.deepEqual(small.problems, []);
    await checkSmall(browser);
  } finally {
    await browser.close();
    fs.rmSync(directory, { recursive: true, force: true });
  }
  console.log('page: ok');
}

await main();
