'use strict';

// What action.yml describes.

const fs = require('node:fs');

const { Failure, addToSummary, annotate, ballast, ballastJson, choice, flag, input, setOutputs, step } = require('../step');
const { comment } = require('./comment');

const checkFailed = 1; // ballast's exit status when a budget does not hold

// The report to compare with, where there is one.
function baselineOf() {
  const file = input('baseline');
  if (file === '') {
    if (input('max-growth') !== '') throw new Failure("max-growth: there is no baseline to have grown from\nhint: name an earlier run's report with 'baseline'");
    return [];
  }
  if (!fs.existsSync(file)) {
    annotate('notice', `${file}: is not there yet, so that nothing is compared; 'report' writes it`);
    return [];
  }
  return ['--baseline', file];
}

step(async () => {
  const wantsComment = choice('comment');
  const layers = input('layers').split('\n').map((line) => line.trim()).filter(Boolean).flatMap((layer) => ['--layer', layer]);
  const what = [input('package'), ...layers];
  const baseline = baselineOf();
  const budget = [...flag('--max-size', input('max-size')), ...(baseline.length > 0 ? flag('--max-growth', input('max-growth')) : [])];

  const checked = ballast('analyze', ...what, ...baseline, ...budget, '--markdown', ...flag('--html', input('html')));
  if (checked.failure && checked.status !== checkFailed) throw checked.failure;
  const report = ballastJson('analyze', ...what, ...baseline);
  addToSummary(`${checked.printed}\n`);
  setOutputs({
    bytes: report.unzipped.bytes,
    'zipped-bytes': report.zipped?.bytes ?? '',
    'change-bytes': report.baseline?.change_bytes ?? '',
    fits: !checked.failure,
  });
  if (input('report') !== '') {
    delete report.baseline;
    fs.writeFileSync(input('report'), `${JSON.stringify(report, null, 2)}\n`);
  }
  if (wantsComment) await comment(checked.printed, input('package'), input('token'));
  if (checked.failure) throw checked.failure;
});
