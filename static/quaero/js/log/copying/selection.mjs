// What a reader has selected in a log, as the text of its entries. Of rows that are selected only in part it is the part,
// of those between them the whole, in the document or not.
import { lineText } from './text.mjs';

// In rows, but no text of the log.
const NO_TEXT = 'button, .log-line, .log-day, .log-context, .log-tree';
const OF_TIMES = '.log-time';
const OF_ORIGINS = '.log-level, .log-stream, .log-job, .log-step, .log-source, .log-fields';

/** The selection in the tree that the element is in. */
export function selectionAround(element) {
  return element.getRootNode().getSelection?.() ?? document.getSelection();
}

/** The rows of `lines` in which the selection begins and ends, or null: `{first, last, range}`. */
export function selectedEnds(lines) {
  const selection = selectionAround(lines);
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!lines.contains(range.startContainer) && !lines.contains(range.endContainer)) return null;
  const rows = [...lines.querySelectorAll('[data-place]')].filter((row) => range.intersectsNode(row));
  return rows.length ? { first: rows[0], last: rows.at(-1), range } : null;
}

/** With one space between the parts that are left, and one after them. */
function oneSpaced(text) {
  return `${text.trim().replace(/ +/g, ' ')} `.trimStart();
}

/** The text of a part of a row, without what the reader leaves out. */
function partText(range, parts) {
  const fragment = range.cloneContents();
  const left = [NO_TEXT, !parts.times && OF_TIMES, !parts.origins && OF_ORIGINS].filter(Boolean).join(', ');
  for (const element of fragment.querySelectorAll(left)) element.remove();
  for (const origin of fragment.querySelectorAll('.log-origin')) origin.textContent = oneSpaced(origin.textContent);
  return fragment.textContent;
}

function within(row, change) {
  const range = document.createRange();
  range.selectNodeContents(row);
  change(range);
  return range;
}

const NOTHING = /^\s*$/;

/** Whether nothing of the row's own text is outside of the selected part of it. */
function isWhole(row, range, parts) {
  const before = within(row, (part) => part.setEnd(range.startContainer, range.startOffset));
  const after = within(row, (part) => part.setStart(range.endContainer, range.endOffset));
  return [before, after].every((part) => NOTHING.test(partText(part, parts)));
}

/** Of a message that is cut on the screen, a part up to its end is one up to its real end. */
function cutText(row, range, entry, text) {
  const isCut = range.cloneContents().querySelector('.log-more') !== null;
  const message = row.querySelector(':scope > .log-message');
  if (!isCut || !message.contains(range.startContainer)) return text;
  const before = within(message, (part) => part.setEnd(range.startContainer, range.startOffset));
  return entry.message.slice(before.toString().length);
}

/** What of one row is selected. `view` is what it was built with. */
export function rowText(row, entry, selected, parts, view) {
  const range = within(row, (part) => {
    if (row.contains(selected.startContainer)) part.setStart(selected.startContainer, selected.startOffset);
    if (row.contains(selected.endContainer)) part.setEnd(selected.endContainer, selected.endOffset);
  });
  if (isWhole(row, range, parts)) return lineText(entry, parts, view);
  return cutText(row, range, entry, partText(range, parts));
}
