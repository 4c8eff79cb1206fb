'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { test } = require('node:test');

const { directory, makePackage, readYaml, runAction, write } = require('./support');

// The parts of GitHub's API that the comment needs: a real server, which keeps comments and checks what it is asked.
async function gitHub(t, comments, { user, refuses = false } = {}) {
  const asked = [];
  const answer = (request, body) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== 'Bearer secret-token' || refuses) return [403, { message: 'Resource not accessible' }];
    const url = new URL(request.url, 'http://api');
    if (url.pathname === '/user') return user ? [200, { login: user }] : [403, {}];
    if (request.method === 'GET' && url.pathname === '/repos/o/r/issues/7/comments') {
      const [size, page] = ['per_page', 'page'].map((name) => Number(url.searchParams.get(name)));
      return [200, comments.slice(size * (page - 1), size * page)];
    }
    if (request.method === 'POST' && url.pathname === '/repos/o/r/issues/7/comments') {
      comments.push({ id: comments.length + 1, body: JSON.parse(body).body, user: { login: user ?? 'github-actions[bot]', type: user ? 'User' : 'Bot' } });
      return [201, comments.at(-1)];
    }
    const one = /^\/repos\/o\/r\/issues\/comments\/(\d+)$/.exec(url.pathname);
    if (request.method !== 'PATCH' || !one) return [404, {}];
    comments.find(({ id }) => id === Number(one[1])).body = JSON.parse(body).body;
    return [200, {}];
  };
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (text) => { body += text; }).on('end', () => {
      const [status, json] = answer(request, body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => server.close());
  return { asked, comments, url: `http://127.0.0.1:${server.address().port}` };
}

function pullRequestOf(cwd, api) {
  write(path.join(cwd, 'event.json'), JSON.stringify({ pull_request: { number: 7 } }));
  return { GITHUB_EVENT_PATH: path.join(cwd, 'event.json'), GITHUB_REPOSITORY: 'o/r', GITHUB_API_URL: api.url };
}

function prepared(t) {
  const cwd = directory(t);
  makePackage(path.join(cwd, 'package'));
  return cwd;
}

test('says how large the package is, and writes the next baseline', async (t) => {
  const cwd = prepared(t);
  const inputs = { package: 'package', baseline: 'base.json', 'max-growth': '1%', report: 'base.json', html: 'page.html' };
  const first = await runAction('analyze', inputs, { cwd });
  assert.equal(first.status, 0, first.log);
  assert.match(first.log, /^::notice title=Ballast::base\.json: is not there yet/m);
  assert.match(first.summary, /^### package: [\d.]+ KB\n\n\| \| now \| limit \|\n/);
  assert.deepEqual(Object.keys(first.outputs).sort(), Object.keys(readYaml('analyze/action.yml').outputs).sort());
  const report = JSON.parse(fs.readFileSync(path.join(cwd, 'base.json'), 'utf8'));
  assert.equal(first.outputs.bytes, String(report.bytes));
  assert.equal(first.outputs['zipped-bytes'], String(report.zipped.bytes));
  assert.deepEqual([first.outputs['change-bytes'], first.outputs.fits], ['', 'true']);
  assert.match(fs.readFileSync(path.join(cwd, 'page.html'), 'utf8'), /^<!DOCTYPE html>/);

  const same = await runAction('analyze', inputs, { cwd });
  assert.equal(same.status, 0, same.log);
  assert.deepEqual([same.outputs['change-bytes'], same.outputs.fits], ['0', 'true']);
  assert.deepEqual(JSON.parse(fs.readFileSync(path.join(cwd, 'base.json'), 'utf8')), report, 'a report holds no comparison');
});

test('growth beyond the threshold fails, with the table of what grew', async (t) => {
  const cwd = prepared(t);
  const inputs = { package: 'package', baseline: 'base.json', report: 'base.json' };
  await runAction('analyze', inputs, { cwd });
  write(path.join(cwd, 'package/node_modules/fat/package.json'), '{"name":"fat","version":"2.0.0"}');
  write(path.join(cwd, 'package/node_modules/fat/index.js'), 'x'.repeat(50_000));
  const grown = 50_000 + 32;
  const within = await runAction('analyze', { ...inputs, report: '', 'max-growth': `${grown}` }, { cwd });
  assert.equal(within.status, 0, within.log);
  const failed = await runAction('analyze', { ...inputs, 'max-growth': `${grown - 1}` }, { cwd });
  assert.equal(failed.status, 1);
  assert.match(failed.log, /^::error title=Ballast::package: has 50032 bytes more than in base\.json, and --max-growth 50031 allows 50031%0Ahint: /m);
  assert.deepEqual([failed.outputs['change-bytes'], failed.outputs.fits], [String(grown), 'false']);
  assert.match(failed.summary, /\| \| before \| now \| change \| limit \|\n/);
  assert.match(failed.summary, /\| fat new, 2\.0\.0 \|  \| 48\.9 KB \| \+48\.9 KB \|\n/);
});

test('a budget counts layers, and what is over it fails', async (t) => {
  const cwd = prepared(t);
  write(path.join(cwd, 'layer/lib/data'), 'y'.repeat(3_000));
  write(path.join(cwd, 'more/lib/data'), 'y'.repeat(4_000));
  const alone = Number((await runAction('analyze', { package: 'package' }, { cwd })).outputs.bytes);
  const inputs = { package: 'package', layers: 'layer\n  more  \n' };
  const fits = await runAction('analyze', { ...inputs, 'max-size': `${alone + 7_000}` }, { cwd });
  assert.deepEqual([fits.status, fits.outputs.bytes, fits.outputs.fits], [0, String(alone + 7_000), 'true'], fits.log);
  const over = await runAction('analyze', { ...inputs, 'max-size': `${alone + 6_999}` }, { cwd });
  assert.deepEqual([over.status, over.outputs.fits], [1, 'false']);
  assert.match(over.log, /^::error title=Ballast::package: has \d+ bytes with its layers, more than the \d+ of --max-size/m);
  assert.match(over.summary, /\*\*exceeded\*\*/);
  assert.equal((await runAction('analyze', { ...inputs, 'max-size': '' }, { cwd })).status, 0, 'no limit');
});

test('posts one comment for each package, and changes it later', async (t) => {
  const cwd = prepared(t);
  write(path.join(cwd, 'other/a.js'), 'x');
  const people = Array.from({ length: 130 }, (_, i) => ({ id: 1_000 + i, body: `I like number ${i}`, user: { login: 'a', type: 'User' } }));
  people[3].body = '<!-- ballast analyze package -->\nnot a bot\'s';
  const api = await gitHub(t, people);
  const env = pullRequestOf(cwd, api);
  const inputs = { package: 'package', comment: true, token: 'secret-token' };
  const first = await runAction('analyze', inputs, { cwd, env });
  assert.equal(first.status, 0, first.log);
  assert.equal(api.comments.length, 131);
  assert.match(api.comments[130].body, /^<!-- ballast analyze package -->\n### package: /);

  write(path.join(cwd, 'package/more.js'), 'x'.repeat(9_000));
  const over = await runAction('analyze', { ...inputs, 'max-size': '1KB' }, { cwd, env });
  assert.equal(over.status, 1, 'over the budget');
  assert.equal(api.comments.length, 131, 'changed, not repeated, on the second page of comments');
  assert.match(api.comments[130].body, /\*\*exceeded\*\*/);
  assert.equal(people[3].body, '<!-- ballast analyze package -->\nnot a bot\'s');

  await runAction('analyze', { ...inputs, package: 'other' }, { cwd, env });
  assert.equal(api.comments.length, 132);
  assert.doesNotMatch(first.log + over.log, /secret-token/);
});

test("a person's token finds that person's comment", async (t) => {
  const cwd = prepared(t);
  const api = await gitHub(t, [], { user: 'me' });
  const inputs = { package: 'package', comment: true, token: 'secret-token' };
  for (let i = 0; i < 2; ++i) await runAction('analyze', inputs, { cwd, env: pullRequestOf(cwd, api) });
  assert.equal(api.comments.length, 1);
});

test('a comment that cannot be posted is a warning, and the budget still counts', async (t) => {
  const cwd = prepared(t);
  const inputs = { package: 'package', comment: true, token: 'secret-token' };
  const refusing = await gitHub(t, [], { refuses: true });
  const refused = await runAction('analyze', inputs, { cwd, env: pullRequestOf(cwd, refusing) });
  assert.equal(refused.status, 0, refused.log);
  assert.match(refused.log, /^::warning title=Ballast::the comment was not posted: GET \/repos\/o\/r\/issues\/7\/comments: 403 .*%0Ahint: it needs 'permissions: pull-requests: write'/m);
  const gone = await runAction('analyze', { ...inputs, 'max-size': '1KB' }, { cwd, env: pullRequestOf(cwd, { url: 'http://127.0.0.1:1' }) });
  assert.equal(gone.status, 1);
  assert.match(gone.log, /^::warning title=Ballast::the comment was not posted: fetch failed \((ECONNREFUSED|bad port)\)/m);
  const pushed = await runAction('analyze', inputs, { cwd, env: { GITHUB_API_URL: refusing.url } });
  assert.equal(pushed.status, 0);
  assert.match(pushed.log, /^no comment: this run is not about a pull request$/m);
});

test('errors are annotations, and end the step', async (t) => {
  const cwd = prepared(t);
  write(path.join(cwd, 'bad.json'), '{}');
  for (const [wrong, text] of [
    [{ package: 'absent' }, /^::error title=Ballast::absent: /m],
    [{ 'max-size': 'much' }, /^::error title=Ballast::.*much/m],
    [{ 'max-growth': '5MB' }, /^::error title=Ballast::max-growth: there is no baseline/m],
    [{ baseline: 'bad.json' }, /^::error title=Ballast::bad\.json: is not a report of 'ballast analyze --json'/m],
    [{ comment: 'yes' }, /^::error title=Ballast::comment: 'yes' is neither true nor false/m],
    [{ program: 'no-such-ballast' }, /^::error title=Ballast::ballast cannot be started \(ENOENT\)/m],
  ]) {
    const { status, log, outputs, summary } = await runAction('analyze', { package: 'package', ...wrong }, { cwd });
    assert.equal(status, 1, log);
    assert.match(log, text);
    assert.deepEqual([outputs, summary], [{}, '']);
  }
});

test('names of others cannot write into the log, the summary or the comment', async (t) => {
  const cwd = prepared(t);
  const name = 'a\n::error::b|<img src=x>';
  await runAction('analyze', { package: 'package', report: 'base.json' }, { cwd });
  write(path.join(cwd, 'package/node_modules/x/package.json'), JSON.stringify({ name, version: '1`</td>\n::error::c' }));
  const { status, log, summary } = await runAction('analyze', { package: 'package', baseline: 'base.json' }, { cwd });
  assert.equal(status, 0, log);
  assert.doesNotMatch(log + summary, /^::error::/m);
  assert.doesNotMatch(summary, /(?<!\\)<(img|\/td)/);
});

test('the example gives inputs that exist', async (t) => {
  const cwd = directory(t);
  makePackage(path.join(cwd, 'build/package'));
  const step = readYaml('example/budget.yml').jobs.render.steps.find(({ id }) => id === 'size');
  assert.match(step.uses, /\/integrations\/github\/analyze@/);
  const filled = Object.fromEntries(Object.entries(step.with).map(([name, value]) => [name, String(value).replace("${{ github.event_name == 'pull_request' }}", 'false')]));
  assert.ok(!JSON.stringify(filled).includes('${{'));
  const { status, log } = await runAction('analyze', filled, { cwd });
  assert.equal(status, 0, log);
  assert.ok(fs.existsSync(path.join(cwd, 'ballast.html')) && fs.existsSync(path.join(cwd, 'ballast-base.json')));
});
