// Where words stand in text: as the search does, with the case of ASCII letters set aside and no other.
import { asciiLowered } from '../../lib/words.mjs';

/** `[start, end]` of each place, at most so many, in a text that may be long. */
export function placesOf(text, word, most) {
  const places = [];
  if (!word) return places;
  const [small, wanted] = [asciiLowered(text), asciiLowered(word)];
  for (let start = small.indexOf(wanted); start >= 0 && places.length < most; ) {
    places.push([start, start + wanted.length]);
    start = small.indexOf(wanted, start + wanted.length);
  }
  return places;
}

/** A place in texts that stand one after another, as those of a row's nodes: `[[node, offset], [node, offset]]`. */
export function spotsOf(lengths, [start, end]) {
  let before = 0;
  let from = null;
  for (const [node, length] of lengths.entries()) {
    if (!from && start < before + length) from = [node, start - before];
    if (from && end <= before + length) return [from, [node, end - before]];
    before += length;
  }
  return null;
}
