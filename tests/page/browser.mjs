// Headless Chromium, driven by puppeteer-core, which scripts/setup installs into build/page-test.

import { existsSync } from 'node:fs';
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
  if (!existsSync(path.join(tools, 'node_modules'))) skip('puppeteer-core is not installed: run scripts/setup');
  const require = createRequire(tools);
  const { default: puppeteer } = await import(pathToFileURL(require.resolve('puppeteer-core')));
  // Chromium's own sandbox needs what containers and root lack. The pages are the test's own.
  return puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'] });
}
