'use strict';

// A plugin of the Serverless Framework (3, and its fork osls): functions' artifacts become slim packages before they are
// hashed and uploaded. docs/serverless.md is for its users.

const path = require('node:path');

const { packArtifact, pushArtifact, stagedArtifacts } = require('./lib/artifact');
const { defineSchema, settingsOf } = require('./lib/settings');
const { table } = require('./lib/table');

class ServerlessBallast {
  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    this.options = options;
    this.log = log;
    defineSchema(serverless.configSchemaHandler);
    this.hooks = {
      'after:package:createDeploymentArtifacts': () => this.packService(),
      'after:package:function:package': () => this.packFunction(),
      // Behind the framework's own: by then `deploy --package` has brought the artifacts back.
      'before:deploy:deploy': () => this.pushStaged(),
    };
  }

  get settings() {
    return this.serverless.service.custom?.ballast ?? {};
  }

  get temporary() {
    return path.join(this.serverless.serviceDir, '.serverless');
  }

  // All artifacts, one after the other: packing keeps the cores busy as it is.
  async packService() {
    const { service } = this.serverless;
    const rows = [];
    let isShared = false;
    for (const name of service.getAllFunctions()) {
      const { image, package: own = {}, ballast } = service.getFunction(name);
      if (image || own.disable) continue;
      if (own.artifact) {
        if (ballast === false) continue;
        const packed = await this.pack(name, own.artifact, ballast);
        if (!packed) continue;
        own.artifact = packed.artifact;
        rows.push(packed);
      } else if (ballast !== undefined) {
        throw this.failure({
          message: `function '${name}': has settings for Ballast, but shares the service's package`,
          hint: 'set package.individually: true, or move the settings to custom.ballast',
        });
      } else {
        isShared = true;
      }
    }
    if (isShared && service.package.artifact) {
      const packed = await this.pack(service.service, service.package.artifact);
      if (packed) {
        // The second is where the framework notes that the artifact is its own.
        if (service.artifact === service.package.artifact) service.artifact = packed.artifact;
        service.package.artifact = packed.artifact;
        rows.push(packed);
      }
    }
    if (rows.length > 0) this.log.notice(`\n${table(rows)}`);
  }

  // `deploy function`: no later step could push.
  async packFunction() {
    const name = this.options.function;
    const { service } = this.serverless;
    const functionObject = service.getFunction(name);
    if (functionObject.image || functionObject.ballast === false) return;
    const made = functionObject.package?.artifact ?? service.package.artifact ?? path.join(this.temporary, `${name}.zip`);
    const packed = await this.pack(name, made, functionObject.ballast, { push: 'package' });
    if (!packed) return;
    functionObject.package = { ...functionObject.package, artifact: packed.artifact };
    this.log.notice(`\n${table([packed])}`);
  }

  async pushStaged() {
    if (this.settings.push === 'package') return;
    for (const slim of await stagedArtifacts(this.temporary)) {
      await this.attempt(() => pushArtifact(slim, this.context()));
    }
  }

  pack(name, artifact, own = {}, overrides = {}) {
    return this.attempt(async () => {
      const { service, serviceDir } = this.serverless;
      const settings = await settingsOf({ ...this.settings, ...own, ...overrides }, `${service.service}-${name}`, serviceDir);
      const packed = await packArtifact(name, path.resolve(serviceDir, artifact), settings, this.context());
      if (!packed) this.log.notice(`Ballast: ${name}: nothing in it would leave, so it stays as it is`);
      return packed;
    });
  }

  context() {
    return {
      program: this.settings.program ?? 'ballast',
      directory: this.serverless.serviceDir,
      temporary: this.temporary,
      warn: (line) => this.log.warning(`Ballast: ${line}`),
    };
  }

  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      throw error.isBallast ? this.failure(error) : error;
    }
  }

  // The framework shows its own kind of error without a stack.
  failure({ message, hint, code = 'usage' }) {
    const text = hint ? `${message}\nhint: ${hint}` : message;
    return new this.serverless.classes.Error(text, `BALLAST_${code.toUpperCase()}`);
  }
}

module.exports = ServerlessBallast;
