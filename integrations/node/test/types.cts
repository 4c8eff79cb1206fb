// Compiled, never run: what the types allow and refuse, as a CommonJS caller sees them.
import ballast = require('@ballast/run');

export async function handler(_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<string> {
  const report = await ballast.ensure({ groups: ['pdf'], context, signal: AbortSignal.timeout(1000) });
  if (report.disabled) return 'disabled';
  const tree: string = report.path;
  const start: 'cold' | 'warm' = report.start;
  // @ts-expect-error: a path may be absent as long as nobody asked for `disabled`
  const unasked: string = (await ballast.ensure()).path;
  // @ts-expect-error: there is no such option
  ballast.ensureSync({ group: 'pdf' });
  const gs: string = await ballast.withOptions({ groups: ['pdf'] }).path('usr/bin/gs');
  const child = ballast.spawn('gs', ['--version'], { stdio: 'inherit', env: ballast.env({ LANG: 'C' }) });
  const { stdout } = await ballast.execFile('gs', ['--version']);
  const text: string = stdout;
  const bytes: Buffer = (await ballast.execFile('gs', [], { encoding: 'buffer' })).stdout;
  ballast.execFileSync('gs', ['--version'], { encoding: 'utf8' });
  return [tree, start, unasked, gs, child.pid, text, bytes.length].join();
}
