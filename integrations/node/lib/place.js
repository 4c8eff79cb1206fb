'use strict';

// Looks whether a tree is there, by the rules of docs/hydrate.md ("The place", "Warm"), without a process. Only
// "yes" is ever said here: whatever is absent, odd or not to be trusted is for ballast-run to judge and to explain.
//
// Node cannot take use.lock (it has no flock), so "yes" holds for the moment in which it was said. A program
// that needs the tree to stay is started through `ballast-run exec`, which takes the lock for it.

const fs = require('node:fs');

const { O_RDONLY, O_NOFOLLOW } = fs.constants;

let bootId;
function thisBoot() {
  if (bootId === undefined) {
    try {
      bootId = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').split('\n', 1)[0];
    } catch {
      bootId = '';
    }
  }
  return bootId;
}

const lstat = (path) => fs.lstatSync(path, { throwIfNoEntry: false });
const isTrustedOwner = (info) => info.uid === 0 || info.uid === process.geteuid();

// A directory that only this user or root writes to, below no symlink of another user's.
function isOurs(root) {
  if (!root.startsWith('/') || /:|\/\.\.?(\/|$)/.test(root)) return false;
  for (let slash = root.indexOf('/', 1); slash !== -1; slash = root.indexOf('/', slash + 1)) {
    const parent = lstat(root.slice(0, slash));
    if (!parent || (parent.isSymbolicLink() && !isTrustedOwner(parent))) return false;
  }
  const info = lstat(root);
  return Boolean(info?.isDirectory() && isTrustedOwner(info) && (info.mode & 0o022) === 0);
}

// The marker's identity when it was written for `digest` since this boot; false when it says otherwise; null when
// it is not there.
function readMarker(path, digest) {
  let fd;
  try {
    fd = fs.openSync(path, O_RDONLY | O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    if (fs.readFileSync(fd, 'utf8') !== `${digest}\n${thisBoot()}\n`) return false;
    const { ino, mtimeMs } = fs.fstatSync(fd);
    return { path, ino, mtimeMs };
  } finally {
    fs.closeSync(fd);
  }
}

const placeOf = (root, lock) => `${root}/${lock.tree.slice(0, 32)}`;
const treeOf = (root, lock) => `${placeOf(root, lock)}/tree`;

// The identity of a marker that says that all of `groups` (none: the whole tree) is there; null when none does.
function findWarm(root, lock, groups) {
  try {
    const place = placeOf(root, lock);
    if (!isOurs(root) || !lstat(place)?.isDirectory() || !lstat(`${place}/tree`)?.isDirectory()) return null;
    const complete = readMarker(`${place}/complete`, lock.tree);
    if (complete !== null || groups.length === 0) return complete || null;
    const markers = groups.map((group) => readMarker(`${place}/group-${group}`, lock.manifest));
    return markers.every(Boolean) ? markers[0] : null;
  } catch {
    return null;
  }
}

// The identity of what lies at `path`; null when nothing does.
function identify(path) {
  const info = lstat(path);
  return info ? { path, ino: info.ino, mtimeMs: info.mtimeMs } : null;
}

// Whether the same file is still there: one system call. Evictions rename the whole place away, and a later
// hydration makes every file anew, so a marker or an entry that is the same stands for all of its group.
function isStill({ path, ino, mtimeMs }) {
  const info = fs.lstatSync(path, { throwIfNoEntry: false });
  return info !== undefined && info.ino === ino && info.mtimeMs === mtimeMs;
}

module.exports = { findWarm, identify, isStill, treeOf };
