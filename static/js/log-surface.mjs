// The scrolling area that shows log rows.
//
// All rows are in the document, so the browser's own search, selection and copy work. They stand in chunks whose
// `content-visibility: auto` (in the stylesheet) spares the browser the layout of what is out of sight.
import { buildRow } from './log-row.mjs';
import { element } from './log-text.mjs';

const CHUNK_ROWS = 50; // about a screenful: of a full batch, what scrolls past at once is never laid out
const ROWS_BETWEEN_LOOKS = 50; // at the clock
const FRAME_BUDGET_MS = 8; // half a frame at 60 Hz; the rest is for layout
const ROW_HEIGHT_PX = 20; // a guess for chunks never laid out; the browser remembers the true height of the others
const END_TOLERANCE_PX = 8;

export class LogSurface {
  /** `scroller` scrolls, `lines` inside it takes the rows. `onFollow(isFollowing)` tells when the reader leaves the
   *  end or comes back to it, `onRender(size)` how many rows there are. `showsJob`: rows are of several jobs. */
  constructor(scroller, lines, { maxRows, showsJob = false, onFollow, onRender }) {
    Object.assign(this, { scroller, lines, maxRows, onFollow, onRender });
    this.showJobs(showsJob);
    this.size = 0;
    this.isFollowing = true;
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

  showJobs(showsJob) {
    this._buildRow = (entry) => buildRow(entry, showsJob);
  }

  append(entries) {
    this._waiting.push(...entries);
    const excess = this._waiting.length - this.maxRows;
    if (excess > 0) this._waiting.splice(0, excess); // would be dropped again before anybody saw it
    if (entries.length) this._frame ??= requestAnimationFrame(() => this._flush());
  }

  /** Puts older entries before the others; what the reader looks at stays where it is. */
  prepend(entries) {
    if (!entries.length) return;
    this.maxRows += entries.length;
    const { scroller } = this;
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    scroller.style.overflowAnchor = 'none'; // or the browser and we would both make up for the new height
    this.lines.prepend(this._chunkOf(entries));
    this.size += entries.length;
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
    requestAnimationFrame(() => scroller.style.removeProperty('overflow-anchor'));
    this.onRender(this.size);
  }

  clear() {
    this._waiting = [];
    this.size = 0;
    this.lines.replaceChildren();
    this.jumpToEnd();
    this.onRender(0);
  }

  /** Calls back once there are rows and none is waiting. */
  whenDrawn(callback) {
    if (this.size > 0 && !this._waiting.length) callback();
    else this._drawn.push(callback);
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
    this._pin();
  }

  _flush() {
    this._frame = null;
    const deadline = performance.now() + FRAME_BUDGET_MS;
    let built = 0;
    while (built < this._waiting.length && performance.now() < deadline) {
      const room = this._openChunk();
      const rows = this._waiting.slice(built, built + Math.min(ROWS_BETWEEN_LOOKS, room));
      this._fill(this.lines.lastElementChild, rows);
      built += rows.length;
    }
    this._waiting.splice(0, built);
    this._dropOldest();
    if (this.isFollowing) this._pin();
    if (this._waiting.length) this._frame = requestAnimationFrame(() => this._flush());
    else for (const callback of this._drawn.splice(0)) callback();
    this.onRender(this.size);
  }

  /** Makes sure that the last chunk has room, and says for how many rows. */
  _openChunk() {
    const last = this.lines.lastElementChild;
    if (last && last.childElementCount < CHUNK_ROWS) return CHUNK_ROWS - last.childElementCount;
    this.lines.append(element('div', 'log-chunk'));
    return CHUNK_ROWS;
  }

  _chunkOf(entries) {
    const chunk = element('div', 'log-chunk');
    chunk.append(...entries.map(this._buildRow));
    chunk.style.containIntrinsicSize = `auto ${entries.length * ROW_HEIGHT_PX}px`;
    return chunk;
  }

  _fill(chunk, entries) {
    const rows = document.createDocumentFragment();
    rows.append(...entries.map(this._buildRow));
    chunk.append(rows);
    chunk.style.containIntrinsicSize = `auto ${chunk.childElementCount * ROW_HEIGHT_PX}px`;
    this.size += entries.length;
  }

  _dropOldest() {
    let oldest = this.lines.firstElementChild;
    while (oldest && this.size - oldest.childElementCount >= this.maxRows) {
      this.size -= oldest.childElementCount;
      oldest.remove();
      oldest = this.lines.firstElementChild;
    }
  }

  _pin() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this._pinnedTop = this.scroller.scrollTop;
  }

  /** Only a scroll above where we put the view last is the reader's: new rows and resized chunks cause others. */
  _scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight <= END_TOLERANCE_PX) this._follow(true);
    else if (scrollTop < this._pinnedTop - 1) this._follow(false);
  }

  _follow(isFollowing) {
    if (isFollowing === this.isFollowing) return;
    this.isFollowing = isFollowing;
    this.onFollow(isFollowing);
  }
}
