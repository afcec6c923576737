// Where a log of any length stands on a scroll bar.
//
// The spacer that gives the scroll bar its length is as high as all rows would be, or as browsers allow. Where that is
// less, or rows are of other heights than the usual, the bar is right in proportion, and the rows on screen in pixels.

const MOST_PX = 8_000_000; // browsers end between 8.9 (Firefox's older ones) and 33 million
const RESERVE_VIEWS = 4; // at least so far from an end of the bar that is not yet an end of the log

/** `count` entries, rows of `rowHeight` as a rule, a view of `viewHeight` (pixels). */
export function spacerHeight({ count, rowHeight }) {
  return Math.min(count * rowHeight, MOST_PX);
}

/** What is at the top of the view when the bar is at `scrollTop`: a position from 0, with a fraction of its row. */
export function positionAt(scrollTop, log) {
  return (scrollTop / rangeOf(log)) * lastPosition(log);
}

/** Where the bar belongs when the entry at `position` is at the top of the view: never so close to one of its ends that
 *  a reader could not scroll on over rows that are there. */
export function scrollTopAt(position, log) {
  const { rowHeight, viewHeight, count } = log;
  const range = rangeOf(log);
  const reserve = RESERVE_VIEWS * viewHeight;
  const above = Math.min(position * rowHeight, reserve);
  const below = Math.min(Math.max(0, count * rowHeight - viewHeight - position * rowHeight), reserve);
  const proportional = lastPosition(log) > 0 ? (position / lastPosition(log)) * range : 0;
  return Math.max(Math.min(above, range), Math.min(proportional, range - below));
}

function rangeOf(log) {
  return Math.max(1, spacerHeight(log) - log.viewHeight);
}

function lastPosition({ count, rowHeight, viewHeight }) {
  return Math.max(0, count - viewHeight / rowHeight);
}
