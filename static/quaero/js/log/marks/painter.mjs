// Marks words in the rows of a log by CSS highlights, which change nothing in the document: selection, copies and links
// stay what they are. A browser that has no highlights shows the log without marks.
import { placesOf, spotsOf, textNodesOf } from './finding.mjs';

const MOST_IN_A_ROW = 200;
const LONGEST = 200_000; // characters of a row that are looked through
const FORGET_MS = 2000; // after which the ranges of rows that went are let go of
const PARTS = { search: '.log-message', mark: '.log-message, .log-fields' };

/** One highlight a name for all logs of the page. */
function highlightOf(name) {
  const { highlights } = globalThis.CSS;
  if (!highlights.has(name)) highlights.set(name, new Highlight());
  return highlights.get(name);
}

export const canMark = () => Boolean(globalThis.CSS?.highlights && globalThis.StaticRange);

export class MarkPainter {
  constructor() {
    this._words = []; // {word, name, parts}
    this._rows = new Map(); // ranges by row: [[highlight, range]]
    this._timer = null;
  }

  /** `search` is the text that the filter looks for; `marks` are words, each with its `color`. Rows are to be decorated anew. */
  setWords(search, marks) {
    const searched = search ? [{ word: search, name: 'quaero-search', parts: PARTS.search }] : [];
    const marked = marks.map(({ word, color }) => ({ word, name: `quaero-mark-${color}`, parts: PARTS.mark }));
    this._words = canMark() ? [...searched, ...marked] : [];
    this.clear();
  }

  decorate(row) {
    this._forget(row);
    const ranges = this._words.flatMap(({ word, name, parts }) => rangesIn(row, word, parts, name));
    if (!ranges.length) return;
    for (const [highlight, range] of ranges) highlight.add(range);
    this._rows.set(row, ranges);
    this._timer ??= setTimeout(() => this._forgetGone(), FORGET_MS);
  }

  clear() {
    for (const row of [...this._rows.keys()]) this._forget(row);
    clearTimeout(this._timer);
    this._timer = null;
  }

  _forgetGone() {
    for (const row of [...this._rows.keys()]) if (!row.isConnected) this._forget(row);
    this._timer = this._rows.size ? setTimeout(() => this._forgetGone(), FORGET_MS) : null;
  }

  _forget(row) {
    for (const [highlight, range] of this._rows.get(row) ?? []) highlight.delete(range);
    this._rows.delete(row);
  }
}

function rangesIn(row, word, parts, name) {
  const highlight = highlightOf(name);
  return [...row.querySelectorAll(parts)].flatMap((part) => {
    const nodes = textNodesOf(part);
    const text = nodes.map(({ data }) => data).join('');
    const lengths = nodes.map(({ data }) => data.length);
    const places = placesOf(text.slice(0, LONGEST), word, MOST_IN_A_ROW);
    return places.map((place) => [highlight, rangeOf(nodes, spotsOf(lengths, place))]);
  });
}

function rangeOf(nodes, [[start, startOffset], [end, endOffset]]) {
  return new StaticRange({ startContainer: nodes[start], startOffset, endContainer: nodes[end], endOffset });
}
