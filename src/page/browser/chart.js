// Bars, lines and points over two axes.

const isLyingKind = (section) => section.kind.startsWith('lying');
const isStackedKind = (section) => section.kind.endsWith('stacked_bars');

// The largest value along an axis, limits included.
function mostOf(section, isX) {
  const isLying = isLyingKind(section);
  const at = isX === isLying ? 1 : 0;
  const stacked = isStackedKind(section) && isX === isLying;
  const sums = new Map();
  let most = 0;
  for (const series of section.series) {
    for (const point of series.points) {
      const value = stacked ? (sums.get(point[0]) || 0) + point[1] : point[at];
      sums.set(point[0], value);
      most = Math.max(most, value);
    }
  }
  for (const limit of section.limits) if ((limit.axis === 'x') === isX) most = Math.max(most, limit.value);
  return most;
}

function axisOption(axis, isX, narrow, most) {
  const type = { linear: 'value', logarithmic: 'log', categories: 'category' }[axis.scale];
  const isCategory = type === 'category';
  const step = type === 'value' && axis.unit === 'bytes' && most > 0 ? niceStep(most, isX && narrow ? 3 : 6, axis.unit) : 0;
  return {
    type,
    ...(step > 0 ? { interval: step, max: Math.ceil(most / step) * step } : {}),
    name: axis.title,
    nameLocation: isX ? 'middle' : 'end',
    nameGap: isX ? 32 : 12,
    nameTextStyle: { color: colour('muted'), align: isX ? 'center' : 'left' },
    data: isCategory ? axis.categories : undefined,
    axisLine: { show: isX || isCategory, lineStyle: { color: colour('line') } },
    axisTick: { show: false },
    splitLine: { show: !isCategory, lineStyle: { color: colour('grid') } },
    axisLabel: {
      color: colour('muted'),
      hideOverlap: true,
      // Of many the first and last would be cut off at the edges.
      alignMinLabel: isX && axis.categories.length > 16 ? 'left' : undefined,
      alignMaxLabel: isX && axis.categories.length > 16 ? 'right' : undefined,
      width: isCategory && !isX ? (narrow ? 110 : 220) : undefined,
      overflow: 'truncate',
      formatter: isCategory ? undefined : (value) => formatTick(value, axis.unit, type),
    },
  };
}

function seriesOption(section, series, i, isLying) {
  const isBar = section.kind.endsWith('bars');
  const isCategory = (isLying ? section.y : section.x).scale === 'categories';
  const data = series.points.map(([x, y], at) => ({
    value: isLying ? [y, x] : [x, y],
    ...(series.labels.length > 0 ? { label: { formatter: () => series.labels[at] } } : {}),
  }));
  return {
    name: series.name,
    type: isBar ? 'bar' : section.kind === 'points' ? 'scatter' : 'line',
    step: section.kind === 'steps' ? 'end' : undefined,
    stack: isStackedKind(section) ? 'all' : undefined,
    barMaxWidth: 28,
    barMinHeight: isBar && isCategory ? 1 : 0,
    symbol: section.kind === 'points' ? 'circle' : 'none',
    symbolSize: 12,
    lineStyle: { width: 2, type: series.dashed ? 'dashed' : 'solid' },
    itemStyle: isStackedKind(section) ? { borderColor: colour('surface'), borderWidth: 1 } : {},
    label: {
      show: series.labels.length > 0,
      position: section.kind === 'points' ? 'right' : isLying ? 'right' : 'top',
      color: colour('text'),
    },
    labelLayout: { hideOverlap: true, moveOverlap: section.kind === 'points' ? 'shiftY' : undefined },
    data,
    markLine: i === 0 ? limitLines(section) : undefined,
  };
}

function limitLines(section) {
  if (section.limits.length === 0) return undefined;
  return {
    symbol: 'none',
    silent: true,
    lineStyle: { color: colour('bad'), type: 'dashed', width: 1.5 },
    label: { color: colour('bad'), formatter: (line) => line.name, position: 'insideEndTop' },
    data: section.limits.map((limit) => ({ name: limit.label, [limit.axis === 'x' ? 'xAxis' : 'yAxis']: limit.value })),
  };
}

function chartSection(section) {
  const isLying = isLyingKind(section);
  const categories = isLying ? section.y.categories.length : 0;
  const box = element('div', { class: 'chart', role: 'img', 'aria-label': section.title });
  if (isLying) box.style.height = `${Math.max(140, 56 + categories * 30 * (isStackedKind(section) ? 1 : Math.max(1, section.series.length * 0.7)))}px`;
  const valueAxis = isLying ? section.x : section.y;
  const keyAxis = isLying ? section.y : section.x;
  const keyOf = (value) => (keyAxis.scale === 'categories' ? keyAxis.categories[value] : formatValue(value, keyAxis.unit));

  const options = (width) => {
    const narrow = width < 520;
    const hasLegend = section.series.length > 1;
    const x = axisOption(section.x, true, narrow, mostOf(section, true));
    const y = axisOption(section.y, false, narrow, mostOf(section, false));
    if (isLying) y.inverse = true;
    return {
      ...commonOptions(),
      grid: { left: 8, right: section.series.some((s) => s.labels.length) ? (narrow ? 72 : 110) : 24, top: (hasLegend ? 36 : 8) + (section.y.title ? 26 : 8),
              bottom: section.x.title ? 40 : 8, containLabel: true },
      legend: hasLegend ? { top: 0, left: 0, type: 'scroll', textStyle: { color: colour('text') }, itemWidth: 18 } : undefined,
      xAxis: x,
      yAxis: y,
      tooltip: {
        ...commonOptions().tooltip,
        trigger: section.kind === 'points' ? 'item' : 'axis',
        axisPointer: { type: section.kind.endsWith('bars') ? 'shadow' : 'line' },
        formatter: (hit) => {
          const hits = Array.isArray(hit) ? hit : [hit];
          const [hitX, hitY] = hits[0].value;
          if (section.kind === 'points') {
            const label = section.series[hits[0].seriesIndex].labels[hits[0].dataIndex];
            return tooltipOf(label || hits[0].seriesName, [
              [section.x.title, formatValue(hitX, section.x.unit)], [section.y.title, formatValue(hitY, section.y.unit)]]);
          }
          return tooltipOf(String(keyOf(isLying ? hitY : hitX)), hits.map((one) =>
            [one.seriesName, formatValue(one.value[isLying ? 0 : 1], valueAxis.unit)]));
        },
      },
      series: section.series.map((series, i) => seriesOption(section, series, i, isLying)),
    };
  };
  const place = () => placeChart(box, options);
  return { made: box, place };
}
