'use strict';

// What the tests share: a service of real functions, and the real osls, run offline.

const childProcess = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const top = path.resolve(__dirname, '..');
const bin = process.env.BALLAST_BIN ?? path.resolve(top, '../../build/release/bin');
const osls = path.join(process.env.OSLS ?? path.resolve(top, '../../build/cache/serverless-integration'), 'node_modules/osls/bin/serverless.js');

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ballast-serverless-'));
process.on('exit', () => fs.rmSync(directory, { recursive: true, force: true }));

function write(file, content, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
}

// A service with a light function and a heavy one, which has sed beside it. `custom` and `functions` are put into its
// serverless.yml, which may be JSON.
function makeService({ ballast = {}, render = {}, package: packaging = { individually: true }, files = {} } = {}) {
  const service = fs.mkdtempSync(path.join(directory, 'service-'));
  const own = (name, others) => ({ handler: `${name}/handler.run`, package: packaging.individually ? { patterns: ['!**', ...others] } : undefined });
  write(`${service}/light/handler.js`, 'exports.run = async () => "light";\n');
  write(`${service}/render/handler.js`, 'exports.run = async () => "render";\n');
  write(`${service}/render/usr/bin/sed`, fs.readFileSync('/bin/sed'), 0o755);
  for (let i = 0; i < 5; i += 1) write(`${service}/render/usr/share/texts/${i}.txt`, `text ${i}\n`.repeat(100));
  write(`${service}/plugin.js`, `module.exports = require(${JSON.stringify(top)});\n`);
  for (const [name, content] of Object.entries(files)) write(`${service}/${name}`, content);
  write(
    `${service}/serverless.yml`,
    JSON.stringify({
      service: 'sample',
      provider: { name: 'aws', runtime: 'nodejs20.x', region: 'eu-central-1' },
      plugins: ['./plugin.js'],
      custom: { ballast: { program: `${bin}/ballast`, store: 'store', ...ballast } },
      package: packaging,
      functions: { light: own('light', ['light/**']), render: { ...own('render', ['render/**']), ...render } },
    }),
  );
  return service;
}

// Runs osls in the service; returns { status, output }. Nothing answers where AWS is said to be.
const run = (service, ...args) => runWithAws('http://127.0.0.1:9', service, ...args);

function runWithAws(endpoint, service, ...args) {
  const env = {
    PATH: process.env.PATH, HOME: directory, ASAN_OPTIONS: process.env.ASAN_OPTIONS, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', CI: '1',
    AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true', SLS_AWS_REQUEST_MAX_RETRIES: '0',
  };
  const result = childProcess.spawnSync(process.execPath, [osls, ...args], { cwd: service, env, encoding: 'utf8', timeout: 120_000 });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

const namesIn = (zip) => childProcess.execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8' }).trim().split('\n');

module.exports = { directory, makeService, namesIn, run, runWithAws };
