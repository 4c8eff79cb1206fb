'use strict';

// A size as ballast shows it: three digits, of 1024.
function size(bytes) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit + 1 < units.length) {
    value /= 1024;
    ++unit;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

const count = (files) => `${files.toLocaleString('en-US')} ${files === 1 ? 'file' : 'files'}`;

const titles = {
  source: 'source',
  language_dependencies: 'language dependencies',
  binaries: 'executables and system libraries',
  other: 'other',
};

// Names come from packages, whose makers may be anyone.
const plain = (text) => text.replace(/[^ -~]/g, '?').replace(/[\\`*_{}[\]()#+!|<>~&]/g, '\\$&');

// The job's summary, in GitHub's Markdown. `before` and `after` are ballast's analyses of the package and the slim package,
// `packed` and `pushed` (null: not pushed) what those commands said.
function summary({ before, packed, after, pushed, limit, fits }) {
  const left = new Map(after.categories.map((row) => [row.category, row]));
  const rows = before.categories.map((row) => [titles[row.category] ?? row.category, row, left.get(row.category)]);
  const zipped = (analysis) => `${analysis.zipped.estimated ? '≈ ' : ''}${size(analysis.zipped.bytes)}`;
  const lines = [
    `### Ballast: ${plain(packed.name)}`,
    '',
    '| | package | slim package |',
    '| --- | ---: | ---: |',
    ...rows.map(([title, was, is]) => `| ${plain(title)} | ${size(was.bytes)} | ${size(is?.bytes ?? 0)} |`),
    `| **all** | **${size(before.bytes)}** | **${size(after.bytes)}** |`,
    `| zipped | ${zipped(before)} | ${zipped(after)} |`,
    '',
    `${fits ? '✅ fits into' : '❌ **is larger than**'} ${plain(limit)}; ${size(packed.tree_bytes)} in ${count(packed.tree_files)} left the package.`,
    '',
    pushed
      ? `Version \`${packed.version}\`: ${size(packed.new_bytes)} of new packs were sent to the store.`
      : `Version \`${packed.version}\`: ${size(packed.new_bytes)} of packs; nothing was sent.`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

module.exports = { size, summary };
