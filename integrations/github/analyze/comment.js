'use strict';

const fs = require('node:fs');

const { annotate } = require('../step');

const perPage = 100;
const maxPages = 30;
const maxCharacters = 65_000; // GitHub takes 65,536
const patience = 30_000; // milliseconds

function pullRequest() {
  const file = process.env.GITHUB_EVENT_PATH;
  const event = file && fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  return event.pull_request?.number;
}

async function call(method, url, token, body) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', 'user-agent': 'ballast' },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  });
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${response.statusText}`);
  return response.json();
}

// Whether the token's owner wrote a comment. A workflow's own token has no user: it writes as a bot.
async function authorship(api, token) {
  try {
    const { login } = await call('GET', `${api}/user`, token);
    return (user) => user?.login === login;
  } catch {
    return (user) => user?.type === 'Bot';
  }
}

// The comment that an earlier run wrote: others may begin theirs with the marker too.
async function earlier(api, comments, marker, token) {
  const isOurs = await authorship(api, token);
  for (let page = 1; page <= maxPages; ++page) {
    const listed = await call('GET', `${comments}?per_page=${perPage}&page=${page}`, token);
    const found = listed.find(({ body, user }) => body?.startsWith(marker) && isOurs(user));
    if (found || listed.length < perPage) return found;
  }
  return undefined;
}

// Posts Markdown to the pull request, or changes what an earlier run posted about the same package. Where that cannot be, which
// is so in pull requests of forks, a warning says so: a budget is not missed because nobody was told.
async function comment(markdown, name, token) {
  const number = pullRequest();
  if (number === undefined) {
    console.log('no comment: this run is not about a pull request');
    return;
  }
  const api = process.env.GITHUB_API_URL || 'https://api.github.com';
  const issues = `${api}/repos/${process.env.GITHUB_REPOSITORY}/issues`;
  const marker = `<!-- ballast analyze ${encodeURIComponent(name)} -->`;
  const body = `${marker}\n${markdown}`.slice(0, maxCharacters);
  try {
    if (token === '') throw new Error('there is no token');
    const found = await earlier(api, `${issues}/${number}/comments`, marker, token);
    if (found) await call('PATCH', `${issues}/comments/${found.id}`, token, { body });
    else await call('POST', `${issues}/${number}/comments`, token, { body });
  } catch (error) {
    annotate('warning', `the comment was not posted: ${error.message}${error.cause ? ` (${error.cause.code ?? error.cause.message})` : ''}\nhint: it needs 'permissions: pull-requests: write', which pull requests of forks do not get`);
  }
}

module.exports = { comment };
