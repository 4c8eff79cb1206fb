'use strict';

// Composes a letter as it goes into a window envelope: address, text, and a bar code for the sorter.

const bwipjs = require('bwip-js');
const Handlebars = require('handlebars');
const { PDFDocument, StandardFonts, rgb } = require('pdf-lib');

const page = { width: 612, height: 792, margin: 54 };
const text = { size: 12, lead: 18, left: page.margin, width: page.width - 2 * page.margin };

// Breaks a paragraph into lines no wider than text.width.
function wrap(paragraph, font) {
  const lines = [];
  let line = '';
  for (const word of paragraph.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && font.widthOfTextAtSize(longer, text.size) > text.width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

// Returns the bytes of a PDF of as many pages as the text needs. The fonts are the standard ones,
// which a PDF names and the renderer brings.
exports.composeLetter = async ({ to, template, data, mailId }) => {
  const pdf = await PDFDocument.create();
  const serif = await pdf.embedFont(StandardFonts.TimesRoman);
  const sans = await pdf.embedFont(StandardFonts.Helvetica);

  let sheet = pdf.addPage([page.width, page.height]);
  sheet.drawRectangle({ x: page.margin, y: 600, width: 252, height: 90, borderColor: rgb(0.6, 0.6, 0.6), borderWidth: 1 });
  to.forEach((line, index) => sheet.drawText(line, { x: 66, y: 672 - 13 * index, size: 11, font: sans }));
  if (mailId) {
    const code = await pdf.embedPng(await bwipjs.toBuffer({ bcid: 'code128', text: mailId, height: 8, includetext: false }));
    sheet.drawImage(code, { x: page.margin, y: 60, ...code.scaleToFit(200, 24) });
  }

  const body = Handlebars.compile(template, { noEscape: true })(data);
  let y = 540;
  for (const line of body.split('\n').flatMap((paragraph) => wrap(paragraph, serif))) {
    if (y < 108) {
      sheet = pdf.addPage([page.width, page.height]);
      y = page.height - page.margin - text.size;
    }
    sheet.drawText(line, { x: text.left, y, size: text.size, font: serif });
    y -= text.lead;
  }
  return pdf.save();
};
