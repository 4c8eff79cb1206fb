'use strict';

// What lies where, in the service's `.serverless`:
//
//   <artifact>.zip              what the framework made, then the slim package in its place
//   ballast/<name>/slim.zip     the slim package with, beside it, the packs that were not sent to the store yet

const fs = require('node:fs/promises');
const path = require('node:path');

const { ballast } = require('./ballast');

const directoryOf = (temporary) => path.join(temporary, 'ballast');

// Makes a slim package of `artifact`, a zip, in its place in `.serverless`; a user's own zip is left alone. Resolves with
// what the table shows and, as `artifact`, where the slim package is; with null when nothing would leave.
async function packArtifact(name, artifact, settings, context) {
  const directory = path.join(directoryOf(context.temporary), name);
  await fs.rm(directory, { recursive: true, force: true });
  await fs.mkdir(directory, { recursive: true });
  const source = path.join(directory, 'package.zip');
  const slim = path.join(directory, 'slim.zip');
  await fs.link(artifact, source).catch(() => fs.copyFile(artifact, source));
  const config = path.join(directory, 'ballast.toml');
  // Named, since a ballast.toml in the zip would come first.
  const configured = settings.file === undefined ? [] : ['--config', config];
  if (settings.file !== undefined) await fs.writeFile(config, settings.file);

  const push = settings.push === 'package' ? ['--push'] : [];
  const packed = await ballast(['pack', source, '--out', slim, ...configured, ...settings.flags, ...push], context).catch(async (error) => {
    // A light function among heavy ones needs no setting to stay as it is.
    if (!error.message.endsWith(': nothing in it would leave')) throw error;
  });
  const zippedBefore = (await fs.stat(source)).size;
  await fs.rm(source);
  if (!packed) {
    await fs.rm(directory, { recursive: true });
    return null;
  }
  const replacement = path.join(context.temporary, path.basename(artifact));
  // Never written through a name that the old artifact has as well.
  await fs.copyFile(slim, `${replacement}~`);
  await fs.rename(`${replacement}~`, replacement);
  const zippedAfter = (await fs.stat(replacement)).size;
  return { artifact: replacement, name, zippedBefore, zippedAfter, unzipped: packed.package_bytes, left: packed.tree_bytes, isNew: packed.new_bytes };
}

// The slim packages whose packs wait to be sent.
async function stagedArtifacts(temporary) {
  const names = await fs.readdir(directoryOf(temporary)).catch(() => []);
  return names.sort().map((name) => path.join(directoryOf(temporary), name, 'slim.zip'));
}

const pushArtifact = (slim, context) => ballast(['push', slim], context);

module.exports = { packArtifact, pushArtifact, stagedArtifacts };
