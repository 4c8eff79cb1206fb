// Colours come from the page's style, so that charts follow light, dark and print.

const charts = [];  // functions that draw one again

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function seriesColours() {
  return [1, 2, 3, 4, 5, 6, 7, 8].map((i) => colour(`series-${i}`));
}

function redrawCharts() {
  for (const draw of charts) draw();
}

// The style's one rule for the dark holds when the system says so, until the reader has chosen.
const systemIsDark = '(prefers-color-scheme: dark)';
const darkRule = [...document.styleSheets[0].cssRules].find((rule) => rule.media?.mediaText === systemIsDark);
let chosenTheme;

function setTheme(theme) {
  chosenTheme = theme;
  darkRule.media.mediaText = !theme ? systemIsDark : theme === 'dark' ? 'all' : 'not all';
  redrawCharts();
}

function isDark() {
  return matchMedia(darkRule.media.mediaText).matches;
}

function watchTheme() {
  matchMedia(systemIsDark).addEventListener('change', redrawCharts);
  // Paper is white, whatever the screen is.
  let before;
  addEventListener('beforeprint', () => {
    before = chosenTheme;
    setTheme('light');
  });
  addEventListener('afterprint', () => setTheme(before));
  let waiting = 0;
  addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(redrawCharts, 100);
  });
}

// A tooltip's lines, as text.
function tooltipOf(title, rows) {
  const box = element('div', { class: 'tooltip' }, element('b', {}, title));
  for (const [label, value] of rows) box.append(element('div', {}, element('span', {}, label), element('span', {}, value)));
  return box;
}

// Places a chart in `box` and draws it by `options()` now and whenever the theme or the width changes; `made` is
// called with each drawing.
function placeChart(box, options, made) {
  let chart;
  const draw = () => {
    if (chart) chart.dispose();
    chart = echarts.init(box, null, { renderer: 'svg' });
    chart.setOption(options(box.clientWidth));
    box.querySelector('svg').setAttribute('viewBox', `0 0 ${chart.getWidth()} ${chart.getHeight()}`);  // so that paper can scale it
    if (made) made(chart);
    box.chart = chart;
  };
  charts.push(draw);
  draw();
}

function commonOptions() {
  return {
    animation: false,
    color: seriesColours(),
    textStyle: { fontFamily: 'inherit', color: colour('text') },
    aria: { enabled: true },
    tooltip: {
      confine: true,
      backgroundColor: colour('raised'),
      borderColor: colour('line'),
      textStyle: { color: colour('text'), fontSize: 13 },
      extraCssText: 'max-width: min(90vw, 32rem); white-space: normal;',
    },
  };
}
