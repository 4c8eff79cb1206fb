'use strict';

const childProcess = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { AssetHashType, BundlingOutput, DockerImage } = require('aws-cdk-lib');
const { Code } = require('aws-cdk-lib/aws-lambda');

// Runs ballast; throws its error line and hint.
function ballast(program, args) {
  const result = childProcess.spawnSync(program, [...args, '--quiet'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.error) throw new Error(`${program}: cannot start: ${result.error.code}\nhint: install ballast, or name it with 'program'`);
  if (result.status !== 0) throw new Error(result.stderr.trim() || `${program}: ended by ${result.signal ?? `exit status ${result.status}`}`);
  if (result.stderr) process.stderr.write(result.stderr);
}

const named = (flag, value) => (value === undefined ? [] : [flag, value]);
const each = (flag, values = []) => values.flatMap((value) => [flag, value]);

// The contract is in index.d.ts.
function slimCode(source, { store, root, name, include, exclude, push = true, program = 'ballast' } = {}) {
  const bundle = (outputDirectory) => {
    // Packs that were not pushed stay beside the slim package: not in what becomes the asset.
    const directory = `${outputDirectory}.ballast`;
    fs.rmSync(directory, { recursive: true, force: true });
    fs.mkdirSync(directory);
    const slim = path.join(directory, 'slim.zip');
    const flags = [...named('--store', store), ...named('--root', root), ...named('--name', name), ...each('--include', include), ...each('--exclude', exclude)];
    ballast(program, ['pack', path.resolve(source), '--out', slim, ...flags, ...(push ? ['--push'] : [])]);
    fs.copyFileSync(slim, path.join(outputDirectory, 'slim.zip'));
    if (push) fs.rmSync(directory, { recursive: true });
    return true;
  };
  return Code.fromAsset(source, {
    // By what was made: settings and Ballast's version count, not the source alone.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: { tryBundle: bundle },
      outputType: BundlingOutput.ARCHIVED,
      // Asked for by the type; local bundling never declines.
      image: DockerImage.fromRegistry('scratch'),
    },
  });
}

module.exports = { slimCode };
