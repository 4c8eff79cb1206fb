'use strict';

// A function that draws pages, as a CDK app. Make its package first:
//
//   scripts/make-rendering-package build/rendering-package
//   cdk synth --app 'node integrations/cdk/example/app.js'

const { App, Duration, Size, Stack } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');

const { slimCode } = require('..');

class RenderingStack extends Stack {
  constructor(scope, id, { source, store, program }) {
    super(scope, id);
    new lambda.Function(this, 'Render', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'handler.handler',
      code: slimCode(source, { store, program }),
      timeout: Duration.seconds(30),
      memorySize: 1769,
      // The tree has 243 MB; two versions fit beside each other.
      ephemeralStorageSize: Size.mebibytes(1024),
    });
  }
}

const app = new App();
new RenderingStack(app, 'Rendering', {
  source: process.env.SOURCE ?? 'build/rendering-package',
  store: process.env.STORE ?? 'build/demo/store',
  program: process.env.BALLAST ?? 'build/release/bin/ballast',
});
app.synth();
