'use strict';

// The function: one page of a document becomes proofs to approve: a PNG, a PDF, and a thumbnail.
//
// Event:  { document?: base64 of a PDF, PostScript or SVG file, or sample?: 'pdf', 'ps' or 'svg',
//           or letter?: { to, template, data, mailId }; page?: 1, dpi?: 150, proof?: false }.
//         With no document at all, the sample in PDF is drawn.
// Result: { kind, page, pages, dpi, width, height, ink, milliseconds, png, pdf, thumbnail: base64,
//           proof?: { executable, mapped, open } }.
//         `ink` is the share of pixels that are not white; a page that went wrong has none.

const fs = require('node:fs/promises');
const path = require('node:path');
const ballast = require('@ballast/run');
const { PNG } = require('pngjs');

const { readEvent } = require('./lib/event');
const { makeProofs } = require('./lib/proofs');

async function documentOf(event) {
  if (event.document !== undefined) return Buffer.from(event.document, 'base64');
  // Composing needs the largest of the dependencies; an event that brings its document never loads them.
  if (event.letter !== undefined) return Buffer.from(await require('./lib/letter').composeLetter(event.letter));
  return fs.readFile(path.join(__dirname, `sample.${event.sample ?? 'pdf'}`));
}

function inkShare(image) {
  let inked = 0;
  for (let at = 0; at < image.data.length; at += 4) {
    if (image.data[at] < 255 || image.data[at + 1] < 255 || image.data[at + 2] < 255) inked += 1;
  }
  return inked / (image.width * image.height);
}

exports.handler = async (rawEvent, context) => {
  const event = readEvent(rawEvent);
  await ballast.ensure({ context });
  const started = process.hrtime.bigint();
  const { kind, pages, png, pdf, thumbnail, proof } = await makeProofs(await documentOf(event), event);
  const milliseconds = Number((process.hrtime.bigint() - started) / 1000n) / 1000;
  const image = PNG.sync.read(png);
  return {
    kind,
    page: event.page,
    pages,
    dpi: event.dpi,
    width: image.width,
    height: image.height,
    ink: Number(inkShare(image).toFixed(4)),
    milliseconds,
    png: png.toString('base64'),
    pdf: pdf.toString('base64'),
    thumbnail: thumbnail.toString('base64'),
    ...(proof && { proof }),
  };
};
