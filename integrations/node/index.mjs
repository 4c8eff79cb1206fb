import ballast from './lib/index.js';

export const { Ballast, BallastError, withOptions, ensure, ensureSync, path, pathSync, env, spawn, execFile, execFileSync } = ballast;
export default ballast;
