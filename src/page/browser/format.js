'use strict';

// ECharts keeps what it measured under the texts themselves, in plain objects: a file named __proto__ would change
// every object of the page. Without this accessor it is a name like others.
delete Object.prototype.__proto__;

// How numbers are written: as `ballast` writes them in the terminal (src/base/size.cpp).

const unitsOfSize = ['KB', 'MB', 'GB', 'TB'];

function formatSize(bytes) {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.5 && unit + 1 < unitsOfSize.length) {
    value /= 1024;
    ++unit;
  }
  return `${value.toFixed(value < 99.95 ? 1 : 0)} ${unitsOfSize[unit]}`;
}

function formatChange(bytes) {
  const sign = bytes === 0 ? '±' : bytes < 0 ? '−' : '+';
  return sign + formatSize(Math.abs(bytes));
}

function formatCount(value) {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

// Three digits that say something: 1,234, 12.3, 0.0123.
function formatNumber(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return (value < 0 ? '−' : '') + formatCount(size);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return size < 1e-6 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

function formatDuration(milliseconds) {
  if (milliseconds >= 86_400_000) return `${formatNumber(milliseconds / 86_400_000)} d`;
  if (milliseconds >= 3_600_000) return `${formatNumber(milliseconds / 3_600_000)} h`;
  if (milliseconds >= 60_000) return `${formatNumber(milliseconds / 60_000)} min`;
  if (milliseconds >= 1000) return `${formatNumber(milliseconds / 1000)} s`;
  return `${formatNumber(milliseconds)} ms`;
}

// Along an axis: without zeros that say nothing.
function formatTick(value, unit, scale) {
  // A power of ten stays one: 100 s, not 1.67 min.
  if (scale === 'log' && unit === 'milliseconds' && value >= 1000) return `${formatNumber(value / 1000)} s`.replace(/\.0+ /, ' ');
  return formatValue(value, unit).replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
}

// A step in which people count, so that an axis up to `most` has about `ticks`: of bytes a round number of KB or MB.
function niceStep(most, ticks, unit) {
  const base = unit === 'bytes' ? 1024 ** Math.max(0, Math.floor(Math.log(most / ticks) / Math.log(1024))) : 1;
  const power = 10 ** Math.floor(Math.log10(most / ticks / base));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power * base * ticks >= most) || 10;
  return factor * power * base;
}

const formatOf = {
  bytes: formatSize,
  change_bytes: formatChange,
  count: formatCount,
  percent: (value) => `${value.toFixed(2)} %`,
  milliseconds: formatDuration,
  seconds: (value) => formatDuration(value * 1000),
  dollars: (value) => `$${value >= 1 || value === 0 ? value.toFixed(2) : String(Number(value.toPrecision(3)))}`,
};

function formatValue(value, unit) {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : (formatOf[unit] || formatNumber)(value);
}

// An element with attributes, classes and children. Texts become text: nothing of what a package names is ever
// read as HTML.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
