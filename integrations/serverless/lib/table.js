'use strict';

const size = (bytes) => (bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

const columns = [
  ['function', (row) => row.name],
  ['zipped', (row) => size(row.zippedBefore)],
  ['slim', (row) => size(row.zippedAfter)],
  ['unzipped', (row) => size(row.unzipped)],
  ['left it', (row) => size(row.left)],
  ['new packs', (row) => size(row.isNew)],
];

// What became of the artifacts, a line each.
function table(rows) {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  return cells.map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ')).join('\n');
}

module.exports = { table };
