'use strict';

const path = require('node:path');

const { BallastError } = require('./error');
const { readLock } = require('./lock');
const { checkOptions, deadlineOf, defaultPackage, wantedGroups } = require('./options');
const { findWarm, identify, isStill, treeOf } = require('./place');

// What a warm start does not need is loaded when it is: node:child_process alone takes longer than all of a warm start.
const lazily = {
  get childProcess() {
    return require('node:child_process');
  },
  get environment() {
    return require('./environment');
  },
  get program() {
    return require('./program');
  },
  get shared() {
    return require('./shared');
  },
};

// What this process has seen in the context, by what was asked for: the identity of a file that stands for it.
const seen = new Map();

const gaveUp = (cause) => lazily.program.gaveUp(cause);
const findInstalled = (entry) => lazily.environment.findProgram(path.basename(entry), process.env);
const isDisabled = () => process.env.BALLAST_DISABLE === '1';
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

// ballast-run's JSON report, in JavaScript's names.
function reportOf(stdout) {
  const { ballast, ...fields } = JSON.parse(stdout);
  return { start: ballast, ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), value])) };
}

function warmReport({ lock, tree }) {
  return {
    start: 'warm', name: lock.name, version: lock.version, tree: lock.tree, path: tree, files: 0, treeBytes: 0,
    fetchedBytes: 0, requests: 0, retries: 0, secondRequests: 0, fetchMs: 0, decodeMs: 0, writeMs: 0, waitedMs: 0, totalMs: 0, resumed: false,
  };
}

// The part of an entry's path that ballast-run would accept, as far as can be told without the manifest.
const isClean = (entry) => entry.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

// One slim package with settings. Instances are cheap and share what the process knows. The contract of each
// method is in index.d.ts.
class Ballast {
  #options;
  #last;

  constructor(options) {
    this.#options = checkOptions(options);
  }

  withOptions(options) {
    return new Ballast({ ...this.#options, ...checkOptions(options) });
  }

  async ensure(options) {
    if (isDisabled()) return { disabled: true };
    const wanted = this.#wanted(options);
    if (wanted.given.signal?.aborted) throw gaveUp(wanted.given.signal.reason);
    const warm = this.#warm(wanted);
    if (warm) return warm;
    return this.#hydrated(wanted, await lazily.shared.join(wanted.key, wanted.slim, this.#hydrate(wanted), this.#limits(wanted)));
  }

  ensureSync(options) {
    if (isDisabled()) return { disabled: true };
    const wanted = this.#wanted(options);
    const warm = this.#warm(wanted);
    if (warm) return warm;
    return this.#hydrated(wanted, lazily.program.runSync(wanted.slim, this.#hydrate(wanted), this.#limits(wanted).deadline));
  }

  async path(entry, options) {
    if (isDisabled()) return findInstalled(entry);
    const wanted = this.#wanted(options);
    if (wanted.given.signal?.aborted) throw gaveUp(wanted.given.signal.reason);
    const key = `${wanted.key}\0${entry}`;
    const known = this.#knownEntry(key, entry, wanted);
    if (known) return known;
    return this.#entry(key, await lazily.shared.join(key, wanted.slim, this.#find(wanted, entry), this.#limits(wanted)));
  }

  pathSync(entry, options) {
    if (isDisabled()) return findInstalled(entry);
    const wanted = this.#wanted(options);
    const key = `${wanted.key}\0${entry}`;
    const known = this.#knownEntry(key, entry, wanted);
    if (known) return known;
    return this.#entry(key, lazily.program.runSync(wanted.slim, this.#find(wanted, entry), this.#limits(wanted).deadline));
  }

  env(base = process.env) {
    if (isDisabled()) return { ...base };
    const { lock, tree } = this.#wanted();
    return lazily.environment.treeEnvironment(lock, tree, base);
  }

  spawn(program, args, options) {
    if (!Array.isArray(args)) [args, options] = [[], args];
    this.ensureSync();
    const command = this.#command(program, args ?? [], options);
    return lazily.childProcess.spawn(command.program, command.args, options ?? {});
  }

  async execFile(program, args, options) {
    if (!Array.isArray(args)) [args, options] = [[], args];
    await this.ensure();
    const command = this.#command(program, args ?? [], options);
    return require('node:util').promisify(lazily.childProcess.execFile)(command.program, command.args, options ?? {});
  }

  execFileSync(program, args, options) {
    if (!Array.isArray(args)) [args, options] = [[], args];
    this.ensureSync();
    const command = this.#command(program, args ?? [], options);
    return lazily.childProcess.execFileSync(command.program, command.args, options ?? {});
  }

  // The settings that hold for one call, and the key under which the process knows about what they ask for. Without
  // options they are those of the last such call, as long as the environment says the same.
  #wanted(options) {
    const { LAMBDA_TASK_ROOT: taskRoot, BALLAST_ROOT: environmentRoot, BALLAST_GROUPS: environmentGroups } = process.env;
    const last = this.#last;
    if (
      options === undefined && last && last.taskRoot === taskRoot && last.environmentRoot === environmentRoot &&
      last.environmentGroups === environmentGroups
    ) {
      return last;
    }

    const given = options === undefined ? this.#options : { ...this.#options, ...checkOptions(options) };
    const slim = given.package ?? (taskRoot || defaultPackage());
    const lock = readLock(slim);
    const root = given.root ?? (environmentRoot || lock.root);
    const groups = wantedGroups(given.groups, environmentGroups, lock);
    const key = `${slim}\0${root}\0${groups.join()}\0${given.store}`;
    const wanted = { given, slim, lock, root, groups, tree: treeOf(root, lock), key, taskRoot, environmentRoot, environmentGroups };
    if (options === undefined) this.#last = wanted;
    return wanted;
  }

  #limits({ given }) {
    return { deadline: deadlineOf(given), signal: given.signal };
  }

  #warm(wanted) {
    const known = seen.get(wanted.key);
    if (known && isStill(known)) return warmReport(wanted);
    return this.#see(wanted.key, findWarm(wanted.root, wanted.lock, wanted.groups)) && warmReport(wanted);
  }

  #see(key, identity) {
    if (identity) seen.set(key, identity);
    else seen.delete(key);
    return identity;
  }

  #hydrated(wanted, stdout) {
    this.#see(wanted.key, findWarm(wanted.root, wanted.lock, wanted.groups));
    return reportOf(stdout);
  }

  #hydrate({ slim, given, groups }) {
    const { flagsOf, groupFlagsOf } = lazily.program;
    return ['hydrate', '--json', ...groupFlagsOf(groups), ...flagsOf(slim, given)];
  }

  #find({ slim, given }, entry) {
    return ['path', ...lazily.program.flagsOf(slim, given), '--', entry];
  }

  // An entry that was found before and is the same still, or one of a tree that is there as a whole.
  #knownEntry(key, entry, { root, lock, tree }) {
    const known = seen.get(key);
    if (known && isStill(known)) return known.path;
    if (!isClean(entry) || !findWarm(root, lock, [])) return null;
    return this.#see(key, identify(`${tree}/${entry}`))?.path;
  }

  #entry(key, stdout) {
    const file = stdout.slice(0, -1);
    this.#see(key, identify(file));
    return file;
  }

  // What to start for `program`: it, through ballast-run, which takes use.lock for it.
  #command(program, args, options) {
    if (options?.shell) {
      throw new BallastError('usage', "option 'shell': not supported", {
        hint: `start the shell as the program: spawn('sh', ['-c', ...])`,
      });
    }
    const base = options?.env ?? process.env;
    const wanted = isDisabled() ? null : this.#wanted();
    // Only so that a program that is nowhere is told from one that fails; exec looks it up again.
    const { findProgram, treeEnvironment } = lazily.environment;
    findProgram(program, wanted ? treeEnvironment(wanted.lock, wanted.tree, base) : base);
    if (!wanted) return { program, args };
    const { flagsOf, groupFlagsOf, programOf } = lazily.program;
    // All of it named: the program's environment may say otherwise than this process's, or nothing.
    const store = wanted.given.store ?? (process.env.BALLAST_STORE || undefined);
    const flags = [...groupFlagsOf(wanted.groups), ...flagsOf(wanted.slim, { store, root: wanted.root })];
    return { program: programOf(wanted.slim), args: ['exec', ...flags, '--', program, ...args] };
  }
}

module.exports = { Ballast };
