/// <reference types="node" />
import { ChildProcess, ExecFileOptions, ExecFileSyncOptions, SpawnOptions } from 'node:child_process';

/** Lambda's context, as far as it is used here. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export interface Options {
  /** The slim package's directory. Default: LAMBDA_TASK_ROOT; else where the started program lies. */
  package?: string;
  /** Where to hydrate, absolute. Default: BALLAST_ROOT; else what the package's lock says. */
  root?: string;
  /** Where the packs are. Default: BALLAST_STORE; else what the package's lock says. */
  store?: string;
  /** What is needed of the tree; `['*']`: all of it. Default: BALLAST_GROUPS; else what the package's lock says; else all. */
  groups?: readonly string[];
  /** A call that has not ended by then rejects with `interrupted`. Default: never. */
  timeoutMs?: number;
  /** Lambda's context: as `timeoutMs`, with the time that the invocation has left, less 250 ms. */
  context?: LambdaContext;
  /** Ends the call when it aborts. Synchronous calls cannot see it. */
  signal?: AbortSignal;
}

/** What was done; ballast-run's own report. Times are in milliseconds, and 0 where nothing had to be done. */
export interface Report {
  disabled?: undefined;
  start: 'cold' | 'warm';
  /** The tree's path. */
  path: string;
  name: string;
  version: string;
  /** The tree's digest. */
  tree: string;
  files: number;
  treeBytes: number;
  fetchedBytes: number;
  /** All that the store was asked. */
  requests: number;
  /** Of these, after a failure. */
  retries: number;
  /** Of these, beside one that was slow. */
  secondRequests: number;
  fetchMs: number;
  decodeMs: number;
  writeMs: number;
  waitedMs: number;
  totalMs: number;
  resumed: boolean;
}

/** With BALLAST_DISABLE=1 nothing is done. */
export interface Disabled {
  disabled: true;
  start?: undefined;
  path?: undefined;
}

/** The exit statuses of ballast-run by name. Only `unavailable` and `interrupted` are worth a retry. */
export type ErrorCode =
  | 'check_failed'
  | 'usage'
  | 'not_found'
  | 'corrupt'
  | 'permission'
  | 'unavailable'
  | 'no_space'
  | 'interrupted';

export class BallastError extends Error {
  readonly name: 'BallastError';
  readonly code: ErrorCode;
  /** What to do about it; empty where there is no advice. */
  readonly hint: string;
  /** The line that ballast-run printed, or would have: "ballast-run: error: <object>: <what>: <cause>". */
  readonly line: string;
}

type Environment = Record<string, string | undefined>;

/**
 * One slim package with settings. Instances are cheap, and share what the process knows. All methods reject or throw
 * BallastError; all but `withOptions` and `env` may be repeated at will: when the tree is there, they cost microseconds.
 */
export class Ballast {
  constructor(options?: Options);

  /** Another instance: these settings over this one's. */
  withOptions(options: Options): Ballast;

  /**
   * Brings the tree, or the groups of it, into the context, unless it is there. However many calls run at once in this
   * process, one ballast-run serves them; processes that share the root wait for each other.
   *
   * The tree is there when this resolves. Only programs started by `spawn`, `execFile` and `execFileSync` keep it there
   * against an eviction, which another version's hydration may make when the disk is too small for both.
   */
  ensure(options?: Options): Promise<Report | Disabled>;

  /** The same, blocking: for the top of a module, or where nothing else runs. */
  ensureSync(options?: Options): Report | Disabled;

  /**
   * The absolute path of an entry, named as it was in the package: `usr/bin/gs`. The group that holds it is hydrated
   * first; of `groups`, nothing. With BALLAST_DISABLE=1: the program of that name on PATH.
   */
  path(entry: string, options?: Options): Promise<string>;

  /** The same, blocking. */
  pathSync(entry: string, options?: Options): string;

  /**
   * `base` with what programs need to run out of the tree: its directories before PATH and LD_LIBRARY_PATH, the
   * package's own variables, BALLAST_TREE. Hydrates nothing.
   */
  env(base?: Environment): NodeJS.ProcessEnv;

  /**
   * child_process.spawn in the tree's environment. The program is looked for in the tree first, then on PATH. It holds
   * the tree until it exits. Begins with `ensureSync`, so after `await ensure()` it does not block. `shell` is refused.
   */
  spawn(program: string, options?: SpawnOptions): ChildProcess;
  spawn(program: string, args?: readonly string[], options?: SpawnOptions): ChildProcess;

  /** Runs a program to its end, as the promise of child_process.execFile does; begins with `ensure`. */
  execFile(
    program: string,
    args: readonly string[],
    options: ExecFileOptions & { encoding: 'buffer' | null },
  ): Promise<{ stdout: Buffer; stderr: Buffer }>;
  execFile(program: string, options?: ExecFileOptions): Promise<{ stdout: string; stderr: string }>;
  execFile(program: string, args?: readonly string[], options?: ExecFileOptions): Promise<{ stdout: string; stderr: string }>;

  /** child_process.execFileSync in the tree's environment; begins with `ensureSync`. */
  execFileSync(program: string, options?: ExecFileSyncOptions): string | Buffer;
  execFileSync(program: string, args?: readonly string[], options?: ExecFileSyncOptions): string | Buffer;
}

/* The methods of one instance with default settings, as functions. */
export const withOptions: Ballast['withOptions'];
export const ensure: Ballast['ensure'];
export const ensureSync: Ballast['ensureSync'];
export const path: Ballast['path'];
export const pathSync: Ballast['pathSync'];
export const env: Ballast['env'];
export const spawn: Ballast['spawn'];
export const execFile: Ballast['execFile'];
export const execFileSync: Ballast['execFileSync'];
