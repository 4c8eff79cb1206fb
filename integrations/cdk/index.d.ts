import { AssetCode } from 'aws-cdk-lib/aws-lambda';

/** What `ballast pack` takes as flags; the rest stands in `ballast.toml` in the source directory. */
export interface SlimCodeOptions {
  /** Where packs are kept. Default: BALLAST_STORE, else `ballast.toml`. */
  store?: string;
  /** Where contexts hydrate. Default: `/tmp/ballast`. */
  root?: string;
  /** The family that versions belong to. Default: the source directory's name. */
  name?: string;
  include?: readonly string[];
  exclude?: readonly string[];
  /**
   * Send the packs when the app is synthesized. Default: true. With false they wait in `cdk.out/*.ballast/`, and
   * `ballast push cdk.out/*.ballast/slim.zip` has to come before the deployment.
   */
  push?: boolean;
  /** The `ballast` to run. Default: the one on PATH. */
  program?: string;
}

/**
 * A function's code: `source`, a directory, as a slim package. Packed whenever the function's stack is synthesized; what did
 * not change is not packed again. Throws Ballast's error line and hint.
 */
export function slimCode(source: string, options?: SlimCodeOptions): AssetCode;
