// Areas in areas: what fills a package. Search dims what does not match; a switch changes the size that is drawn.

const matchesShown = 12;
const deepest = 8;  // levels drawn below the directory that is looked into

// The page's short keys, with paths and numbers for each node.
function treeOf(section) {
  const nodes = [];
  const visit = (node, parent) => {
    const path = parent === null ? '' : parent.path === '' ? node.n : `${parent.path.replace(/\/$/, '')}/${node.n}`;
    const made = { id: `node-${nodes.length}`, name: node.n, path, size: node.s, other: node.o, files: node.f, kind: node.k, parent, children: [] };
    nodes.push(made);
    made.children = (node.c || []).map((child) => visit(child, made));
    return made;
  };
  return { top: visit(section.top, null), nodes };
}

function treemapSection(section) {
  const { top, nodes } = treeOf(section);
  // ECharts copies what it is given, so that nodes, which know their parents, stay outside of it.
  const nodeOf = (hit) => (hit.data ? nodes[Number(String(hit.data.id).slice(5))] : undefined);
  let usesOther = false;
  let wanted = '';
  let current = top;  // what fills the map: the whole, or a directory that was looked into
  const valueOf = (node) => (usesOther ? node.other : node.size);
  const kindColour = (node) => colour(`kind-${node.kind + 1}`);
  const matches = (node) => node.path.toLowerCase().includes(wanted);

  const box = element('div', { class: 'chart treemap', role: 'img', 'aria-label': section.title });
  const found = element('div', { class: 'found' });
  const way = element('nav', { class: 'way', 'aria-label': 'Where the map is' });
  const search = element('input', { type: 'search', placeholder: 'Search paths', 'aria-label': 'Search paths', oninput: () => { wanted = search.value.trim().toLowerCase(); update(); } });
  const sizeButton = element('button', { type: 'button', 'aria-pressed': 'true', onclick: () => choose(false) }, section.size_title);
  const otherButton = element('button', { type: 'button', 'aria-pressed': 'false', onclick: () => choose(true) }, section.other_title);
  let chart;  // what is drawn now; none before the page is laid out

  function choose(other) {
    usesOther = other;
    sizeButton.setAttribute('aria-pressed', String(!other));
    otherButton.setAttribute('aria-pressed', String(other));
    update();
  }

  // A directory is in the light when anything below it matches.
  function dataOf(node, isAboveMatch) {
    const lit = wanted === '' || isAboveMatch || matches(node);
    const children = node.children.map((child) => dataOf(child, lit && wanted !== ''));
    const anyLit = lit || children.some((child) => child.lit);
    const isFile = node.children.length === 0;
    return {
      id: node.id,
      name: node.name,
      value: valueOf(node),
      lit: anyLit,
      children: isFile ? undefined : children,
      itemStyle: { color: kindColour(node), opacity: anyLit ? 1 : 0.15 },
      label: { opacity: anyLit ? 1 : 0.25 },
    };
  }

  // Shows a directory as the whole map; of a file the directory that holds it.
  function lookInto(node) {
    current = node.children.length > 0 || node.parent === null ? node : node.parent;
    showCurrent();
  }

  // The way back, as buttons: ECharts' own is too small for a finger and cannot be reached by keys.
  function showCurrent() {
    if (chart) chart.dispatchAction({ type: 'treemapRootToNode', targetNodeId: current.id });
    const steps = [];
    for (let node = current; node !== null; node = node.parent) steps.unshift(node);
    way.replaceChildren(...steps.map((node) => element('button', { type: 'button', 'aria-current': node === current ? 'location' : undefined,
      onclick: () => lookInto(node) }, node === top ? 'all' : node.name)));
  }

  function fillFound() {
    found.replaceChildren();
    if (wanted === '') return;
    // Of a directory that matches, what is below it counts once.
    const hits = nodes.filter((node) => node.parent !== null && matches(node) && !(node.parent.parent !== null && matches(node.parent)));
    const sum = hits.reduce((all, node) => all + valueOf(node), 0);
    const files = hits.reduce((all, node) => all + node.files, 0);
    found.append(element('p', { class: 'muted' }, hits.length === 0 ? 'Nothing matches.' :
      `${formatCount(files)} ${files === 1 ? 'file' : 'files'}, ${formatSize(sum)} ${usesOther ? section.other_title.toLowerCase() : ''}`));
    hits.sort((a, b) => valueOf(b) - valueOf(a));
    found.append(element('ul', {}, ...hits.slice(0, matchesShown).map((node) => element('li', {},
      element('button', { type: 'button', onclick: () => lookInto(node) }, element('span', { class: 'number' }, formatSize(valueOf(node))), node.path + (node.children.length ? '/' : ''))))));
    if (hits.length > matchesShown) found.append(element('p', { class: 'muted' }, `and ${formatCount(hits.length - matchesShown)} more`));
  }

  const options = (width) => ({
    ...commonOptions(),
    tooltip: {
      ...commonOptions().tooltip,
      formatter: (hit) => {
        const node = nodeOf(hit);
        if (!node) return '';
        return tooltipOf(node.path === '' ? section.top.n : node.path, [
          [section.size_title, formatSize(node.size)],
          [section.other_title, formatSize(node.other)],
          ['share', top.size > 0 ? `${((100 * node.size) / top.size).toFixed(2)} %` : ''],
          ['files', formatCount(node.files)],
          ['kind', section.kinds[node.kind] || '']]);
      },
    },
    series: [{
      type: 'treemap',
      name: section.top.n,
      data: [dataOf(top, false)],
      left: 0, right: 0, top: 0, bottom: 0,
      roam: false,
      animation: false,  // else labels fade in, and paper or a picture catches them half way
      nodeClick: false,
      leafDepth: deepest,
      drillDownIcon: '',
      visibleMin: 60,
      childrenVisibleMin: 400,
      breadcrumb: { show: false },
      label: {
        show: true, color: colour('on-kind'), fontSize: 12, lineHeight: 15, overflow: 'truncate', ellipsis: '…', padding: [2, 4],
        formatter: (hit) => (nodeOf(hit) ? `${hit.name}\n${formatSize(valueOf(nodeOf(hit)))}` : hit.name),
      },
      upperLabel: {
        show: true, height: 20, color: colour('text'), fontSize: 12, overflow: 'truncate', ellipsis: '…',
        formatter: (hit) => (nodeOf(hit) ? `${hit.name}/  ${formatSize(valueOf(nodeOf(hit)))}` : hit.name),
      },
      // A name of which two letters are left says nothing.
      labelLayout: (label) => (label.rect.width < 44 || label.rect.height < 16 ? { fontSize: 0.01 } : {}),
      itemStyle: { borderColor: colour('surface'), borderWidth: 1, gapWidth: 1 },
      levels: Array.from({ length: deepest + 2 }, (_, level) => ({
        itemStyle: { borderColor: colour(`level-${Math.min(level, 4)}`), borderWidth: level < 2 ? 0 : width < 520 ? 1 : 2, gapWidth: width < 520 ? 1 : 2 },
        upperLabel: { show: level > 0 },
      })),
      emphasis: { upperLabel: { show: true }, itemStyle: { borderColor: colour('text') } },
    }],
  });

  function update() {
    fillFound();
    if (chart) chart.setOption({ series: [{ data: [dataOf(top, false)] }] });
    showCurrent();
  }

  const legend = element('div', { class: 'legend' }, ...section.kinds.map((kind, i) => {
    const mark = element('i', {});
    mark.style.setProperty('background', `var(--kind-${i + 1})`);
    return element('span', {}, mark, kind);
  }));
  const made = element('div', {},
    element('div', { class: 'tools' }, search, element('span', { class: 'switch', role: 'group', 'aria-label': 'Size drawn' }, sizeButton, otherButton)),
    found, way, box, legend);
  const place = () => {
    placeChart(box, options, (drawn) => {
      drawn.on('click', (hit) => { const node = nodeOf(hit); if (node) lookInto(node); });
      chart = drawn;
      showCurrent();
    });
  };
  return { made, place };
}
