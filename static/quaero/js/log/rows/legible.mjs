// Colours of text that can be read on grounds that are the same in every theme.
import { sixteenColor } from './sgr.mjs';

const LEAST_CONTRAST = 4.5; // WCAG 2.2, 1.4.3
const BLACK = 'rgb(0, 0, 0)';
const WHITE = 'rgb(255, 255, 255)';
const MOST_KEPT = 1000;
const kept = new Map();

function luminance(color) {
  const [red, green, blue] = color.match(/\d+/g).map((text) => {
    const part = Number(text) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours `rgb(...)`, from 1 to 21. */
export function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((first, second) => second - first);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour of text on `ground`: its own where that can be read, black or white otherwise. `color`: `rgb(...)`, or null
 *  and the class of one of the sixteen among `classNames`. */
export function textColor(ground, color, classNames) {
  const own = color ?? sixteenColor(classNames.find((name) => name.endsWith('-fg')) ?? '');
  const key = `${ground} ${own}`;
  if (kept.size > MOST_KEPT) kept.clear();
  if (!kept.has(key)) kept.set(key, chosen(ground, own));
  return kept.get(key);
}

function chosen(ground, own) {
  if (own && contrast(ground, own) >= LEAST_CONTRAST) return own;
  return contrast(ground, WHITE) > contrast(ground, BLACK) ? WHITE : BLACK;
}
