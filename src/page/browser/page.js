// Builds the page from its JSON.

function factCard(fact) {
  const value = (fact.estimated ? '≈ ' : '') + formatValue(fact.value, fact.unit);
  const attributes = { class: `fact ${fact.tone}` };
  if (typeof fact.value === 'number') attributes['data-value'] = fact.value;
  const card = element('div', attributes, element('div', { class: 'label' }, fact.label),
    element('div', { class: 'value' }, value));
  if (fact.part >= 0) {
    const bar = element('i', {});
    bar.style.width = `${Math.min(100, fact.part * 100)}%`;
    card.append(element('div', { class: 'bar' }, bar));
  }
  if (fact.note) card.append(element('div', { class: 'note' }, fact.note));
  return card;
}

function sectionOf(section, places) {
  const made = element('section', {}, element('h2', {}, section.title));
  if (section.note) made.append(element('p', { class: 'muted' }, section.note));
  if (section.type === 'table') {
    made.append(tableSection(section));
  } else {
    const drawn = section.type === 'treemap' ? treemapSection(section) : chartSection(section);
    made.append(drawn.made);
    places.push(drawn.place);
  }
  return made;
}

function buildPage() {
  const page = JSON.parse(document.getElementById('page').textContent);
  const main = document.getElementById('main');
  const themeButton = element('button', { type: 'button', class: 'theme', title: 'Light or dark', 'aria-label': 'Light or dark',
    onclick: () => setTheme(isDark() ? 'light' : 'dark') }, '◐');
  const places = [];
  main.replaceChildren(
    element('header', {}, element('div', {}, element('h1', {}, page.title), element('p', { class: 'muted' }, page.subtitle)), themeButton),
    element('div', { class: 'facts' }, ...page.facts.map(factCard)),
    ...page.sections.map((section) => sectionOf(section, places)));
  for (const place of places) place();  // a chart needs its box in the page
  watchTheme();
}

buildPage();
