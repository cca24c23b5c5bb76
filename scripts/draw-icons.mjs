// Draws every icon of the app from the shapes below into resources/. Run it after changing a shape; what it
// writes is committed, so that nothing needs it to build or to run.
import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

const resources = fileURLToPath(new URL('../resources', import.meta.url));

/** The keep, on a grid of 32: a tower above, a shield below. */
const KEEP =
  'M3.5 3h6v4.500h3.500V3h6v4.500h3.500V3h6v14c0 6.500-4.600 10.300-12.500 13C8.100 27.300 3.500 23.500 3.500 17Z';

/** What stands in the keep tells the states apart where colour does not. */
const GLYPHS = {
  safe: '<path d="M9.800 16.600 14.400 21.200 22.400 12.200"/>',
  working: '<path d="M9.600 17h.01M16 17h.01M22.400 17h.01"/>',
  attention: '<path d="M16 11.500v6.500M16 23.600v.01"/>',
  failed: '<path d="M11.200 12.400l9.600 9.600M20.800 12.400l-9.600 9.600"/>',
};
const COLOURS = {
  safe: ['#0f9580', '#ffffff'],
  working: ['#0f9580', '#ffffff'],
  attention: ['#e0a11b', '#241800'],
  failed: ['#d43d2c', '#ffffff'],
};
const STROKE = 'fill="none" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"';

const svg = (body) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${body}</svg>`;

function coloured(state) {
  const [ground, ink] = COLOURS[state];
  return svg(`<path fill="${ground}" d="${KEEP}"/><g ${STROKE} stroke="${ink}">${GLYPHS[state]}</g>`);
}

/** Black with the glyph cut out: macOS gives such an image the colour of its menu bar. */
function template(state) {
  return svg(
    `<mask id="m"><rect width="32" height="32" fill="#fff"/><g ${STROKE} stroke="#000">${GLYPHS[state]}</g></mask>` +
      `<path fill="#000" d="${KEEP}" mask="url(#m)"/>`,
  );
}

function appIcon() {
  return svg(
    '<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#12a78f"/>' +
      '<stop offset="1" stop-color="#075e51"/></linearGradient></defs>' +
      `<path fill="url(#g)" d="${KEEP}"/><g ${STROKE} stroke="#ffffff">${GLYPHS.safe}</g>`,
  );
}

function png(source, size) {
  return new Resvg(source, { fitTo: { mode: 'width', value: size } }).render().asPng();
}

/** An .ico whose entries are PNG files, which Windows reads since Vista. */
function ico(source, sizes) {
  const images = sizes.map((size) => ({ size, data: png(source, size) }));
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, data }, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(data.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += data.length;
  });
  return Buffer.concat([head, ...images.map(({ data }) => data)]);
}

const write = (name, data) => writeFileSync(join(resources, name), data);

mkdirSync(join(resources, 'tray'), { recursive: true });
for (const state of Object.keys(GLYPHS)) {
  for (const size of [16, 22, 24, 32, 48]) {
    write(`tray/${state}-${size}.png`, png(coloured(state), size));
    write(`tray/${state}-${size}@2x.png`, png(coloured(state), size * 2));
  }
  write(`tray/${state}Template.png`, png(template(state), 16));
  write(`tray/${state}Template@2x.png`, png(template(state), 32));
  write(`tray/${state}.ico`, ico(coloured(state), [16, 20, 24, 32, 48]));
}
write('icon.png', png(appIcon(), 512));
write('icon.ico', ico(appIcon(), [16, 24, 32, 48, 64, 128, 256]));
write('icon.svg', appIcon());
