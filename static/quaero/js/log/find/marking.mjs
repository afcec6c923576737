// Marks parts of a row's text. The text stays what it is, so that copies and the browser's own search are exact.
import { textNodesOf } from '../marks/finding.mjs';

/** Wraps the spans, in order and without overlaps, of the element's text in `mark` elements of this class. */
export function markSpans(element, spans, className) {
  let place = 0;
  let at = 0;
  for (const node of textNodesOf(element)) {
    const [from, until] = [place, place + node.length];
    place = until;
    while (at < spans.length && spans[at][1] <= from) at += 1;
    const pieces = [];
    for (let each = at; each < spans.length && spans[each][0] < until; each += 1)
      pieces.push([Math.max(spans[each][0], from) - from, Math.min(spans[each][1], until) - from]);
    if (pieces.length) wrap(node, pieces, className);
  }
}

/** Takes the marks of this class out again. */
export function unmark(root, className) {
  for (const mark of root.querySelectorAll(`mark.${className}`)) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

function wrap(node, pieces, className) {
  const parts = [];
  let end = 0;
  for (const [from, until] of pieces) {
    if (from > end) parts.push(node.data.slice(end, from));
    const mark = document.createElement('mark');
    mark.className = className;
    mark.textContent = node.data.slice(from, until);
    parts.push(mark);
    end = until;
  }
  if (end < node.length) parts.push(node.data.slice(end));
  node.replaceWith(...parts);
}
