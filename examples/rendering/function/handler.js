'use strict';

// The function: one page of a document becomes a PNG.
//
// Event:  { document?: base64 of a PDF or PostScript file, or letter?: { to, template, data, mailId };
//           page?: 1, dpi?: 150, proof?: false }. With neither, the sample document is drawn.
// Result: { page, dpi, width, height, ink, milliseconds, png: base64, proof?: { executable, mapped, open } }.
//         `ink` is the share of pixels that are not white; a page that went wrong has none.

const fs = require('node:fs/promises');
const path = require('node:path');
const { PNG } = require('pngjs');

const { readEvent } = require('./lib/event');
const { drawPage } = require('./lib/ghostscript');

async function documentOf(event) {
  if (event.document !== undefined) return Buffer.from(event.document, 'base64');
  // Composing needs the largest of the dependencies; an event that brings its document never loads them.
  if (event.letter !== undefined) return require('./lib/letter').composeLetter(event.letter);
  return fs.readFile(path.join(__dirname, 'sample.pdf'));
}

function inkShare(image) {
  let inked = 0;
  for (let at = 0; at < image.data.length; at += 4) {
    if (image.data[at] < 255 || image.data[at + 1] < 255 || image.data[at + 2] < 255) inked += 1;
  }
  return inked / (image.width * image.height);
}

exports.handler = async (rawEvent) => {
  const event = readEvent(rawEvent);
  const started = process.hrtime.bigint();
  const { png, proof } = await drawPage(await documentOf(event), event);
  const milliseconds = Number((process.hrtime.bigint() - started) / 1000n) / 1000;
  const image = PNG.sync.read(png);
  return {
    page: event.page,
    dpi: event.dpi,
    width: image.width,
    height: image.height,
    ink: Number(inkShare(image).toFixed(4)),
    milliseconds,
    png: png.toString('base64'),
    ...(proof && { proof }),
  };
};
