// Tables: sorted by a click on a title, searched, and folded when they are long.

const isPhone = matchMedia('(max-width: 36rem)').matches;
const rowsShown = isPhone ? 8 : 20;
const rowsWorthSorting = 6;

function cellOf(value, column, isFirstText) {
  const isText = column.unit === 'text';
  const shown = formatValue(value, column.unit);
  const attributes = { class: isText ? 'text' : 'number' };
  if (typeof value === 'number') attributes['data-value'] = value;
  if (column.unit === 'change_bytes' && typeof value === 'number') {
    attributes.class += value > 0 ? ' bad' : value < 0 ? ' good' : '';
  }
  // Roles and titles for phones, where a row is a card (page.css) and not a table's row any more.
  attributes.role = isFirstText ? 'rowheader' : 'cell';
  attributes['data-title'] = column.title;
  if (isFirstText) attributes.class += ' first';
  return element(isFirstText ? 'th' : 'td', { ...attributes, scope: isFirstText ? 'row' : undefined }, shown);
}

function compareCells(a, b) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return b - a;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

function tableSection(section) {
  const { columns, rows, total } = section;
  const isTotal = total.length > 0;
  const firstText = columns.findIndex((column) => column.unit === 'text');
  let order = rows.map((_, i) => i);
  let sortedBy = -1;
  let reversed = false;
  let all = false;

  const body = element('tbody', { role: 'rowgroup' });
  const more = element('button', { type: 'button', class: 'more', onclick: () => { all = !all; fill(); } });
  const search = element('input', { type: 'search', placeholder: 'Search', 'aria-label': `Search ${section.title}`, oninput: () => fill() });
  const count = element('span', { class: 'muted' });

  function rowOf(cells, className) {
    return element('tr', { class: className, role: 'row' },
      ...cells.map((value, i) => cellOf(value, columns[i], i === firstText)));
  }

  function fill() {
    const wanted = search.value.trim().toLowerCase();
    const found = wanted === '' ? order : order.filter((i) =>
      rows[i].some((value) => typeof value === 'string' && value.toLowerCase().includes(wanted)));
    const shown = all ? found : found.slice(0, rowsShown);
    body.replaceChildren(...shown.map((i) => rowOf(rows[i])));
    if (isTotal && wanted === '') body.append(rowOf(total, 'total'));
    more.hidden = found.length <= rowsShown;
    more.textContent = all ? 'Show fewer' : `Show all ${formatCount(found.length)}`;
    count.textContent = wanted === '' ? '' : `${formatCount(found.length)} of ${formatCount(rows.length)}`;
  }

  const titles = columns.map((column, i) => {
    const button = element('button', {
      type: 'button',
      onclick: () => {
        reversed = sortedBy === i ? !reversed : false;
        sortedBy = i;
        order = rows.map((_, at) => at).sort((a, b) => compareCells(rows[a][i], rows[b][i]) * (reversed ? -1 : 1) || a - b);
        titles.forEach((title, at) => title.setAttribute('aria-sort', at !== i ? 'none' :
          (columns[i].unit === 'text') !== reversed ? 'ascending' : 'descending'));
        fill();
      },
    }, column.title);
    return element('th', { scope: 'col', role: 'columnheader', class: column.unit === 'text' ? 'text' : 'number', 'aria-sort': 'none' }, button);
  });

  fill();
  const tools = rows.length > rowsShown ? element('div', { class: 'tools' }, search, count) : '';
  return element('div', {}, tools,
    element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': section.title },
      element('table', { role: 'table', class: rows.length < rowsWorthSorting ? 'short' : undefined }, element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...titles)), body)),
    element('div', { class: 'tools' }, more));
}
