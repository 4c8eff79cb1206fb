// Headless Chromium, driven by puppeteer-core, which scripts/setup test installs into build/page-test.

import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export function skip(why) {
  console.log(`page: skipped: ${why}`);
  process.exit(77);
}

export async function openBrowser() {
  const chromium = [process.env.BALLAST_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((at) => at && existsSync(at));
  if (!chromium) skip('Chromium is not installed');
  const tools = fileURLToPath(new URL('../../build/page-test/', import.meta.url));
  if (!existsSync(path.join(tools, 'node_modules'))) skip('puppeteer-core is not installed: run scripts/setup test');
  const require = createRequire(tools);
  const { default: puppeteer } = await import(pathToFileURL(require.resolve('puppeteer-core')));
  // Chromium's own sandbox needs what containers and root lack. The pages are the test's own.
  return puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'] });
}

// A page of a file, at a size and in a colour scheme; `problems` gathers what it says on the console or asks of the network.
export async function open(browser, file, { viewport = {}, scheme = 'light' } = {}) {
  const page = await browser.newPage();
  const problems = [];
  page.on('console', (message) => { if (['error', 'warn'].includes(message.type())) problems.push(message.text()); });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => { if (request.url() !== `file://${file}` && !request.url().startsWith('data:')) problems.push(`asked for ${request.url()}`); });
  await page.setViewport({ width: 1200, height: 900, ...viewport });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(`file://${file}`);
  return { page, problems };
}

export const phone = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

// Leaves a picture of the whole page where BALLAST_PAGE_SHOTS says.
export async function shoot(page, name) {
  const shots = process.env.BALLAST_PAGE_SHOTS;
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

// The rows of the table below a heading: of each cell its number, or its text.
export function rowsBelow(page, heading) {
  return page.evaluate((wanted) => {
    const section = [...document.querySelectorAll('section')].find((one) => one.querySelector('h2').textContent === wanted);
    return section && [...section.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => (cell.dataset.value !== undefined ? Number(cell.dataset.value) : cell.textContent)));
  }, heading);
}

// Clicks what matches a selector below a heading, the first whose text starts with `text`.
export async function clickIn(page, heading, selector, text) {
  await page.evaluate(([wanted, css, label]) => {
    const section = [...document.querySelectorAll('section')].find((one) => one.querySelector('h2').textContent === wanted);
    const hit = [...section.querySelectorAll(css)].find((one) => !label || one.textContent.startsWith(label));
    hit.click();
  }, [heading, selector, text]);
}
