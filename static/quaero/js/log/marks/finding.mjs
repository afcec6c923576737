// Where words stand in text: as the search does, with the case of ASCII letters set aside and no other, or with regard
// to case.
import { asciiLowered } from '../../lib/words.mjs';

/** `[start, end]` of each place in units of UTF-16, from left to right, at most so many, in a text that may be long. */
export function placesOf(text, word, most, isCaseSensitive = false) {
  const places = [];
  if (!word) return places;
  const [where, wanted] = isCaseSensitive ? [text, word] : [asciiLowered(text), asciiLowered(word)];
  for (let start = where.indexOf(wanted); start >= 0 && places.length < most; ) {
    places.push([start, start + wanted.length]);
    start = where.indexOf(wanted, start + wanted.length);
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

/** The texts of a part of a row, without the words of buttons in it. */
export function textNodesOf(part) {
  const accept = (node) => (node.parentElement.closest('button') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT, accept);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}
