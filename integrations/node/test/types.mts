// The same as an ES module sees it.
import ballast, { BallastError, ensure, type ErrorCode } from '@ballast/run';

try {
  await ensure({ timeoutMs: 1000 });
  await ballast.ensure();
} catch (error) {
  if (error instanceof BallastError) {
    const code: ErrorCode = error.code;
    const said: string = error.line + error.hint;
    console.error(code, said);
    // @ts-expect-error: there is no such code
    if (error.code === 'no_such_code') throw error;
  }
}
