// The scrolling area of a log: a few rows around what is read, or all of a log that is short, and a scroll bar for the
// whole. @tanstack/virtual-core lays out all N rows again at each line that comes and ends with the browser's largest
// element; this costs the same for ten rows and for ten million.
//
// What holds it together is the anchor: the row at the top of the view and how far its top is from there. Whatever
// changes (rows above are read or measured, the window is resized, the bar is put right), that row stays where it is.
// A reader at the end follows it instead.
import { buildRow } from '../rows/row.mjs';
import { element } from '../rows/text.mjs';
import { positionAt, scrollTopAt, spacerHeight } from './geometry.mjs';
import { RowWindow } from './row-window.mjs';
import { SelectedRows } from './selected-rows.mjs';
import { Spacer } from './spacer.mjs';

const USUAL_ROW_PX = 20; // until rows were measured
const LOWEST_ROW_PX = 10; // where most are folded away
const ROWS_TO_MEASURE = 10;
const MOST_ABOVE = 80; // rows beyond the view, ...
const MOST_BELOW = 240; // ... so that with all of both there are under 500 elements
const MOST_PREFETCHED = 150; // entries beyond the rows that are asked for; of long lines few are enough
const IDLE_MS = 150; // after which the bar may be put right
const PASSES = 4; // at filling the view with rows that are lower than the usual

export class LogViewport {
  /** `scroller` scrolls, `lines` inside it takes the rows of `store`. `onFollow(isFollowing)` is called when the reader
   *  leaves the end or comes back to it, `onRender({size, missed})` how many rows are in the document and how many lines
   *  came since the reader left the end. `view()` is what rows are built with, `buildHead(item)` those of the store's
   *  items that are heads of others, and `coverOf(item)` is how much of the top of the view is covered when it is there. */
  constructor(scroller, lines, store, { view, buildHead, coverOf = () => 0, onFollow, onRender }) {
    Object.assign(this, { scroller, lines, store, onFollow, onRender });
    Object.assign(this, { _view: view, _buildHead: buildHead, _coverOf: coverOf });
    this.decorators = new Set();
    this.isFollowing = true;
    this._anchor = null; // {place, offset, id}; null while following
    this._leftAt = 0; // the end when the reader left it
    this._current = null; // the id of the row that the keyboard is on
    this._rowHeight = USUAL_ROW_PX;
    this._measured = null; // {places, height}, of all rows that were looked at
    this._block = lines.appendChild(element('div', 'log-window'));
    this._spacer = new Spacer(scroller, lines, this._block);
    this._window = new RowWindow(this._block, store, {
      buildRow: (entry, place, previous) => this._buildRow(entry, place, previous),
      onFold: () => this._render(),
    });
    this._selected = new SelectedRows(lines, () => this._follow(false));
    this._unsubscribe = store.subscribe(() => this._renderSoon());
    this._onScroll = () => this._scrolled();
    scroller.addEventListener('scroll', this._onScroll, { passive: true });
    this._resizes = new ResizeObserver(() => this._settle());
    this._resizes.observe(this._block);
    this._resizes.observe(scroller);
    this._renderSoon();
  }

  destroy() {
    this.scroller.removeEventListener('scroll', this._onScroll);
    this._unsubscribe();
    this._resizes.disconnect();
    this._selected.destroy();
    cancelAnimationFrame(this._frame);
    clearTimeout(this._idle);
    this._window.clear();
    this._block.remove();
    this._spacer.destroy();
  }

  /** The row of that place, when it is in the document. */
  rowAt(place) {
    return this._window.rowAt(place);
  }

  /** The first place in view, with the id of its entry when it is held; null while the log is empty. */
  get firstInView() {
    return this._anchorNow();
  }

  /** The first entry in view that is held; undefined where there is none. */
  get firstEntryInView() {
    const { from, to } = this._window;
    for (let place = Math.max(from, this.firstInView?.place ?? from); place < to; place += 1) {
      const entry = this.store.at(place);
      if (entry && !entry.isHead) return entry;
    }
    return undefined;
  }

  /** Shows the entry at that place at the start of the view, in its middle, or where it is the least way. */
  showPlace(place, { block = 'nearest', id } = {}) {
    const height = this.rowAt(place)?.getBoundingClientRect().height ?? this._rowHeight;
    const room = this.scroller.clientHeight - height;
    const least = Math.max(this._leastOffset(place), this._coverOf(this.store.at(place)));
    let offset = block === 'center' ? Math.max(least, room / 2) : least;
    if (block === 'nearest') {
      const top = this.offsetOf(place) ?? (place < (this.firstInView?.place ?? 0) ? 0 : room);
      offset = Math.max(this._coverOf(this.store.at(place)), Math.min(top, room));
      if (offset === top) return;
    }
    this._follow(false);
    this._window.unfold(place);
    this._anchor = { place, offset, id: id ?? this.store.at(place)?.id, isTarget: true };
    this._render({ isMove: true });
  }

  /** Calls back for each row of an entry in the document: `(row, entry, place)`. */
  forEachRow(callback) {
    this._window.forEach((row, entry, place) => {
      if (!entry.isHead) callback(row, entry, place);
    });
  }

  /** How far the row of that place is from the top of the view; null when it is not in the document. */
  offsetOf(place) {
    const row = this.rowAt(place);
    return row && row.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
  }

  /** Whether all of that row is in view. */
  isInView(place) {
    const offset = this.offsetOf(place);
    return (
      offset !== null &&
      offset >= this._coverOf(this.store.at(place)) &&
      offset + this.rowAt(place).offsetHeight <= this._viewHeight
    );
  }

  jumpToStart() {
    this.showPlace(this.store.first, { block: 'start' });
  }

  jumpToEnd() {
    this._follow(true);
    this._render({ isMove: true });
  }

  /** Stays where it is from now on, or goes to the end and follows it. */
  setFollowing(isFollowing) {
    if (isFollowing) this.jumpToEnd();
    else this._follow(false);
  }

  /** Builds all rows anew. */
  redraw() {
    this._measured = null;
    this._takeScroll();
    if (!this.isFollowing) this._anchor = this._anchorNow() ?? this._anchor;
    this._window.clear();
    this._render();
  }

  /** The place that the keyboard is on; null where it is on none, or its entry is not held. */
  get current() {
    return this._current === null ? null : this.store.placeOf(this._current);
  }

  /** Goes so many rows down, or up, from the current one; where there is none near, to the first row in view. */
  moveCurrent(step) {
    const { current } = this;
    const isLost = current === null || this.rowAt(current) === null;
    const place = isLost ? this.firstInView?.place : this._clamped(current + step);
    if (place === undefined) return;
    this.setCurrent(place);
    this.showPlace(place);
  }

  /** Puts the keyboard on that place; its entry may be not held yet, but known by `id`. */
  setCurrent(place, id = this.store.at(place)?.id ?? null) {
    this._current = id;
    this._window.forEach((row, entry) => {
      this._markCurrent(row, entry);
    });
  }

  _buildRow(entry, place, previous) {
    const row = entry.isHead ? this._buildHead(entry) : this._buildLine(entry, previous);
    row.dataset.place = place;
    this._markCurrent(row, entry);
    if (!entry.isHead) for (const decorate of this.decorators) decorate(row, entry, place);
    return row;
  }

  _buildLine(entry, previous) {
    return buildRow(entry, { ...this._view(), previous: previous?.isHead ? null : previous });
  }

  _markCurrent(row, { id }) {
    if (id === this._current) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }

  // Scrolling.

  get _viewHeight() {
    return this._spacer.viewHeight;
  }

  get _log() {
    return { count: this.store.size, rowHeight: this._rowHeight, viewHeight: this._viewHeight };
  }

  get _isWhole() {
    return this._window.from === this.store.first && this._window.to === this.store.end;
  }

  _scrolled() {
    if (this._takeScroll()) this._renderSoon();
  }

  /** Takes over where the reader has scrolled to, and says whether they have. A short way moves what is shown, a long one
   *  goes to what the bar stands for. */
  _takeScroll() {
    const way = this._spacer.wayScrolled();
    if (!way) return false;
    const { isAtEnd } = this._spacer;
    const isJump = !this._isWhole && Math.abs(way) > 2 * this._viewHeight;
    if (way < 0 && !isAtEnd) this._follow(false);
    if (isAtEnd && (isJump || this._window.to === this.store.end)) this._follow(true);
    else if (!this.isFollowing) this._anchor = isJump ? this._anchorOfBar() : this._anchorNow();
    clearTimeout(this._idle);
    this._idle = setTimeout(() => this._render({ isIdle: true }), IDLE_MS);
    return true;
  }

  /** What the bar stands for. */
  _anchorOfBar() {
    const position = positionAt(Math.max(0, this._spacer.scrollTop), this._log);
    const place = this.store.first + Math.floor(position);
    const offset = this._leastOffset(place) - (position % 1) * this._rowHeight;
    return { place, offset, id: this.store.at(place)?.id };
  }

  /** Above the first row there is a little room, which is seen at the very top. */
  _leastOffset(place) {
    return place === this.store.first ? this._spacer.base : 0;
  }

  /** What is at the top of the view now. */
  _anchorNow() {
    const { parts } = this._window;
    if (!parts.length) return null;
    const top = this.scroller.getBoundingClientRect().top;
    let [low, high] = [0, parts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parts[middle].node.getBoundingClientRect().bottom <= top) low = middle + 1;
      else high = middle;
    }
    const { node, from, entry } = parts[low];
    const box = node.getBoundingClientRect();
    const isWithin = entry && box.top <= top && top < box.bottom;
    const passed = isWithin ? 0 : Math.floor((top - box.top) / this._rowHeight); // rows of a gap, or beyond all parts
    const place = this._clamped(from + passed);
    return { place, offset: box.top - top + (place - from) * this._rowHeight, id: this.store.at(place)?.id };
  }

  _clamped(place) {
    return Math.max(this.store.first, Math.min(this.store.end - 1, place));
  }

  _follow(isFollowing) {
    if (isFollowing === this.isFollowing) return;
    if (!isFollowing) this._anchor = this._anchorNow();
    else this._anchor = null;
    this.isFollowing = isFollowing;
    this._leftAt = this.store.arrived;
    this.onFollow(isFollowing);
    this._tell();
  }

  // Drawing.

  _renderSoon() {
    this._frame ??= requestAnimationFrame(() => this._render());
  }

  /** `isMove`: to another place, for which the bar is to stand as well; `isIdle`: the bar may be put right. */
  _render({ isMove = false, isIdle = false } = {}) {
    cancelAnimationFrame(this._frame);
    this._frame = null;
    const { store } = this;
    const isScrolled = !isMove && this._takeScroll(); // the event for it may be still to come
    if (this.isFollowing && this._selected.isBeingMade) return this._tell();
    const isAtRest = isIdle && !isScrolled;
    if (isAtRest || !this._measured) this._measure();
    const anchor = this._resolved();
    let [from, to] = this._rangeAround(anchor);
    let isComplete = true;
    for (let pass = 0; pass < PASSES; pass += 1) {
      isComplete = this._window.show(from, to, {
        near: anchor?.place ?? to,
        kept: this._selected.ids,
        rowHeight: this._rowHeight,
        isWhole: store.isShort,
      });
      this._position(anchor, { isMove, isIdle: isAtRest });
      const missing = this._missing(from, to);
      if (!missing) break;
      [from, to] = missing;
    }
    if (!this.isFollowing) this._anchor = this._reached(anchor);
    const prefetched = Math.min(MOST_PREFETCHED, 2 * (to - from));
    store.need(from - prefetched, to + prefetched);
    if (!isComplete) this._renderSoon();
    this._tell();
    return undefined;
  }

  /** The anchor where its entry is now. */
  _resolved() {
    if (this.isFollowing || !this.store.size) return null;
    const anchor = this._anchor ?? { place: this.store.first, offset: 0 };
    return { ...anchor, place: this._clamped(this.store.placeOf(anchor.id) ?? anchor.place) };
  }

  /** The anchor from now on: what is at the top, or where a place that was wanted is, perhaps not read yet. */
  _reached(anchor) {
    if (!anchor?.isTarget) return this._anchorNow();
    const offset = this.offsetOf(anchor.place);
    return offset === null ? anchor : { ...anchor, offset, id: this.store.at(anchor.place).id };
  }

  /** The places to show: all of a short log, or else some views around the anchor. What is shown already stays as long as
   *  there is half of that left. */
  _rangeAround(anchor) {
    const { first, end, isShort } = this.store;
    if (isShort) return [first, end];
    const above = Math.min(MOST_ABOVE, Math.ceil(this._viewHeight / this._rowHeight));
    const below = Math.min(MOST_BELOW, 2 * above);
    if (!anchor) return [Math.max(first, end - below), end];
    const { from, to } = this._window;
    const { place } = anchor;
    const staysAbove = from <= place - above / 2 && from >= place - 2 * above;
    const staysBelow = to >= place + 0.75 * below && to <= place + 1.25 * below;
    return [
      Math.max(first, staysAbove ? from : place - above),
      Math.min(end, Math.max(place + 1, staysBelow ? to : place + below)),
    ];
  }

  /** A wider range, when the rows of this one do not fill the view. */
  _missing(from, to) {
    const view = this.scroller.getBoundingClientRect();
    const block = this._block.getBoundingClientRect();
    const rows = Math.ceil(this._viewHeight / this._rowHeight);
    const more = Math.max(rows, to - from); // of lines that are folded away there may be many
    if (this._window.size >= MOST_ABOVE + MOST_BELOW) return null;
    if (to < this.store.end && block.bottom < view.bottom) return [from, Math.min(this.store.end, to + more)];
    if (from > this.store.first && block.top > view.top) return [Math.max(this.store.first, from - more), to];
    return null;
  }

  /** The usual height of a row, of those that are shown. Not while the bar moves, whose length it is. */
  _measure() {
    const places = this._window.parts.filter(({ entry }) => entry).length;
    if (places < ROWS_TO_MEASURE) return;
    this._measured ??= { places: 0, height: 0 };
    this._measured.places += places;
    for (const { node, entry } of this._window.parts)
      if (entry) this._measured.height += node.getBoundingClientRect().height;
    this._rowHeight = Math.max(LOWEST_ROW_PX, this._measured.height / this._measured.places);
  }

  /** Puts block, spacer and scroll bar where the anchor is where it was. */
  _position(anchor, { isMove = false, isIdle = false } = {}) {
    const { store, _log: log } = this;
    const isFirst = this._window.from <= store.first;
    const isLast = this._window.to >= store.end;
    const height = spacerHeight(log);
    if (!anchor) return this._spacer.showEnd({ height, isFirst });
    const within = this._within(anchor) - anchor.offset; // from the top of the block to the top of the view
    const ideal = scrollTopAt(anchor.place - store.first - anchor.offset / this._rowHeight, log);
    return this._spacer.show(within, { ideal, height, isFirst, isLast, isMove, isIdle });
  }

  /** From the top of the block to what the anchor names. */
  _within({ place }) {
    const { parts } = this._window;
    const part = parts.find(({ to }) => to > place) ?? parts.at(-1);
    const top = part.node.getBoundingClientRect().top - this._block.getBoundingClientRect().top;
    return top + Math.max(0, Math.min(place, part.to - 1) - part.from) * this._rowHeight;
  }

  /** Rows, or the view, have another height: what is read stays where it is. */
  _settle() {
    if (this.isFollowing && this._selected.isBeingMade) return;
    const anchor = this._resolved();
    const { from, to } = this._window;
    if (from < to && (!anchor || (from <= anchor.place && anchor.place < to))) this._position(anchor);
    this._renderSoon();
  }

  _tell() {
    const missed = this.isFollowing ? 0 : Math.max(0, this.store.arrived - this._leftAt);
    this.onRender({ size: this._window.size, missed });
  }
}
