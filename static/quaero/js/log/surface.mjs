// The scrolling area that shows log rows.
//
// All rows are in the document, so the browser's own search, selection and copy work. They stand in chunks whose
// `content-visibility: auto` (in the stylesheet) spares the browser the layout of what is out of sight.
//
// A reader at the end follows it, and the oldest rows go. A reader who has left the end is not moved: no row goes, and
// new ones are added below until there are twice as many as usual; further ones are only counted, and stay `held` back.
import { LogGroups } from './rows/groups.mjs';
import { buildRow } from './rows/row.mjs';
import { element } from './rows/text.mjs';

const CHUNK_ROWS = 50; // about a screenful: of a full batch, what scrolls past at once is never laid out
const ROWS_BETWEEN_LOOKS = 50; // at the clock
const FRAME_BUDGET_MS = 8; // half a frame at 60 Hz; the rest is for layout
const ROW_HEIGHT_PX = 20; // a guess for chunks never laid out; the browser remembers the true height of the others
const END_TOLERANCE_PX = 8;

export class LogSurface {
  /** `scroller` scrolls, `lines` inside it takes the rows. `onFollow(isFollowing)` is called when the reader leaves the
   *  end or comes back to it, `onRender({size, held, missed})` how many rows there are, how many are held back, and how
   *  many came since the reader left the end; `onReturn()` that the end is wanted while some are held back: everything
   *  is to be drawn anew. `rowView()` says how rows look (js/log/rows/row.mjs). */
  constructor(scroller, lines, { maxRows, rowView = () => ({}), onFollow, onRender, onReturn }) {
    Object.assign(this, { scroller, lines, maxRows, rowView, onFollow, onRender, onReturn });
    this.size = 0;
    this.held = 0;
    this.missed = 0;
    this.isFollowing = true;
    this._newestId = 0; // taken
    this._last = null; // the entry of the last row
    this._groups = new LogGroups();
    this._waiting = [];
    this._frame = null;
    this._pinnedTop = 0;
    this._drawn = [];
    this._onScroll = () => this._scrolled();
    scroller.addEventListener('scroll', this._onScroll, { passive: true });
    this._resizes = new ResizeObserver(() => this.isFollowing && this._pin());
    this._resizes.observe(lines);
    this._resizes.observe(scroller);
  }

  destroy() {
    this.scroller.removeEventListener('scroll', this._onScroll);
    this._resizes.disconnect();
    cancelAnimationFrame(this._frame);
  }

  append(entries) {
    const fresh = entries.filter((entry) => entry.id > this._newestId); // what was held back may be here already
    const taken = this.isFollowing ? fresh : fresh.slice(0, this._room);
    this.held += fresh.length - taken.length;
    if (!this.isFollowing) this.missed += fresh.length;
    this._wait(taken);
    if (this.isFollowing) this._passOver(this._waiting.length - this.maxRows);
  }

  /** Rows that follow what is shown, for a reader who has left the end and wants to read on there. */
  appendHeld(entries) {
    this.held = entries.length ? Math.max(0, this.held - entries.length) : 0;
    this.maxRows += entries.length; // asked for by hand
    this._wait(entries);
  }

  _wait(entries) {
    if (!entries.length) return this._tell();
    for (const entry of entries) this._waiting.push(entry);
    this._newestId = entries.at(-1).id;
    this._frame ??= requestAnimationFrame(() => this._flush());
    return undefined;
  }

  /** Puts older entries before the others; what the reader looks at stays where it is. */
  prepend(entries) {
    if (!entries.length) return;
    this.maxRows += entries.length;
    const { scroller } = this;
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    scroller.style.overflowAnchor = 'none'; // or the browser and we would both make up for the new height
    const chunk = element('div', 'log-chunk');
    this.lines.prepend(chunk);
    this._groups.prepend(entries, this._fill(chunk, entries, null));
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
    requestAnimationFrame(() => scroller.style.removeProperty('overflow-anchor'));
    this._tell();
  }

  clear() {
    this._removeAll();
    this._waiting = [];
    this._newestId = 0;
    this.held = 0;
    this.jumpToEnd();
    this._tell();
  }

  /** Calls back once there are rows and none is waiting. */
  whenDrawn(callback) {
    if (this.size > 0 && !this._waiting.length) callback();
    else this._drawn.push(callback);
  }

  /** The ids of the first and the last row. */
  get ends() {
    const rows = [this.lines.firstElementChild?.firstElementChild, this.lines.lastElementChild?.lastElementChild];
    return rows.map((row) => (row ? Number(row.dataset.id) : null));
  }

  /** The first row in sight, of a reader who has left the end. */
  get anchor() {
    if (this.isFollowing) return null;
    const top = this.scroller.getBoundingClientRect().top;
    const rows = this.lines.querySelectorAll('.log-row');
    return [...rows].find((row) => row.getBoundingClientRect().bottom > top)?.dataset.id ?? null;
  }

  /** Puts the row of that entry at the top, as `anchor` named it. Says whether there is one. */
  returnTo(id) {
    const row = this.lines.querySelector(`[data-id="${Number(id)}"]`);
    if (!row) return false;
    this._follow(false);
    row.scrollIntoView({ block: 'start' });
    return true;
  }

  jumpToEnd() {
    this._follow(true);
    if (this.held) this.onReturn();
    else this._pin();
  }

  /** For how many rows more there is room while the reader is away from the end. */
  get _room() {
    return this.held ? 0 : Math.max(0, 2 * this.maxRows - this.size - this._waiting.length);
  }

  /** What came faster than it could be drawn, and would be dropped again before anybody saw it; and all before it. */
  _passOver(excess) {
    if (excess <= 0) return;
    this._waiting.splice(0, excess);
    this._removeAll();
  }

  _removeAll() {
    this.size = 0;
    this._last = null;
    this.lines.replaceChildren();
    this._groups.clear();
  }

  _flush() {
    this._frame = null;
    const deadline = performance.now() + FRAME_BUDGET_MS;
    let built = 0;
    while (built < this._waiting.length && performance.now() < deadline) {
      const room = this._openChunk();
      const entries = this._waiting.slice(built, built + Math.min(ROWS_BETWEEN_LOOKS, room));
      this._groups.append(entries, this._fill(this.lines.lastElementChild, entries, this._last));
      this._last = entries.at(-1);
      built += entries.length;
    }
    this._waiting.splice(0, built);
    if (this.isFollowing) {
      this._dropOldest();
      this._pin();
    }
    if (this._waiting.length) this._frame = requestAnimationFrame(() => this._flush());
    else for (const callback of this._drawn.splice(0)) callback();
    this._tell();
  }

  /** Makes sure that the last chunk has room, and says for how many rows. */
  _openChunk() {
    const last = this.lines.lastElementChild;
    if (last && last.childElementCount < CHUNK_ROWS) return CHUNK_ROWS - last.childElementCount;
    this.lines.append(element('div', 'log-chunk'));
    return CHUNK_ROWS;
  }

  /** Gives the rows. `previous`: the entry before them. */
  _fill(chunk, entries, previous) {
    const view = this.rowView();
    const rows = entries.map((entry, place) => buildRow(entry, { ...view, previous: entries[place - 1] ?? previous }));
    chunk.append(...rows);
    chunk.style.containIntrinsicSize = `auto ${chunk.childElementCount * ROW_HEIGHT_PX}px`;
    this.size += rows.length;
    return rows;
  }

  _dropOldest() {
    let oldest = this.lines.firstElementChild;
    while (oldest && this.size - oldest.childElementCount >= this.maxRows) {
      this.size -= oldest.childElementCount;
      oldest.remove();
      oldest = this.lines.firstElementChild;
    }
  }

  _tell() {
    const { size, held, missed } = this;
    this.onRender({ size, held, missed });
  }

  _pin() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this._pinnedTop = this.scroller.scrollTop;
  }

  /** Only a scroll above where we put the view last is the reader's: new rows and resized chunks cause others. The end
   *  of the rows is not the end of the log while some are held back. */
  _scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const isAtEnd = scrollHeight - scrollTop - clientHeight <= END_TOLERANCE_PX;
    if (isAtEnd && !this.held) this._follow(true);
    else if (scrollTop < this._pinnedTop - 1) this._follow(false);
  }

  _follow(isFollowing) {
    if (isFollowing === this.isFollowing) return;
    this.isFollowing = isFollowing;
    this.missed = 0;
    this.onFollow(isFollowing);
  }
}
