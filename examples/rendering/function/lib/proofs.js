'use strict';

// What a customer approves before something is printed: the page as a picture, as a PDF, and small.

const fs = require('node:fs/promises');
const os = require('node:os');
const path = require('node:path');

const { distill, drawPage } = require('./ghostscript');
const { run } = require('./programs');

const thumbnailSide = 200;

// What the first bytes of `document` say that it is.
function kindOf(document) {
  const start = document.subarray(0, 1024).toString('latin1');
  if (start.includes('%PDF-')) return 'pdf';
  if (start.startsWith('%!')) return 'ps';
  if (/^\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)/.test(start.replace(/^\xef\xbb\xbf/, ''))) return 'svg';
  throw new Error('document: neither PDF, PostScript nor SVG');
}

// Ghostscript distils PostScript, librsvg converts SVG.
async function toPdf(kind, input, output) {
  if (kind === 'ps') await distill(input, output);
  if (kind === 'svg') await run('rsvg-convert', ['--format=pdf', `--output=${output}`, input]);
}

async function pageCount(pdf) {
  const [, pages] = /^Pages:\s+(\d+)$/m.exec(await run('pdfinfo', [pdf])) ?? [];
  if (pages === undefined) throw new Error('pdfinfo: says no number of pages');
  return Number(pages);
}

// Page event.page of `document` (bytes). Returns { kind, pages, png, pdf, thumbnail, proof? }; throws an Error that names the
// program that failed, or the page that is not there.
exports.makeProofs = async (document, event) => {
  const kind = kindOf(document);
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'rendering-'));
  const file = (name) => path.join(directory, name);
  try {
    const pdf = kind === 'pdf' ? file('document.pdf') : file('converted.pdf');
    await fs.writeFile(file(`document.${kind}`), document);
    await toPdf(kind, file(`document.${kind}`), pdf);
    const pages = await pageCount(pdf);
    if (event.page > pages) throw new Error(`page ${event.page}: the document has ${pages}`);

    await run('pdfseparate', ['-f', `${event.page}`, '-l', `${event.page}`, pdf, file('page.pdf')]);
    const proof = await drawPage(file('page.pdf'), file('page.png'), event);
    await run('convert', [file('page.png'), '-strip', '-thumbnail', `${thumbnailSide}x${thumbnailSide}`, file('thumbnail.png')]);
    const [png, page, thumbnail] = await Promise.all(['page.png', 'page.pdf', 'thumbnail.png'].map((name) => fs.readFile(file(name))));
    return { kind, pages, png, pdf: page, thumbnail, proof };
  } finally {
    await fs.rm(directory, { recursive: true, force: true });
  }
};
