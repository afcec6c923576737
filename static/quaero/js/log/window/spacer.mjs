// The scroll bar, and where the rows on screen lie on its way: a block of rows within a spacer that has the height of all.

const END_TOLERANCE_PX = 8;

export class Spacer {
  constructor(scroller, lines, block) {
    Object.assign(this, { _scroller: scroller, _lines: lines, _block: block, _lastTop: 0 });
  }

  destroy() {
    this._lines.style.height = '';
  }

  get viewHeight() {
    return this._scroller.clientHeight;
  }

  /** Where the bar is, counted from the beginning of the lines. */
  get scrollTop() {
    return this._scroller.scrollTop - this.base;
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this._scroller;
    return scrollHeight - scrollTop - clientHeight <= END_TOLERANCE_PX;
  }

  /** How far the reader has scrolled since this was asked last. What is done here does not count. */
  wayScrolled() {
    const { scrollTop } = this._scroller;
    const way = scrollTop - this._lastTop;
    if (Math.abs(way) >= 1) this._lastTop = scrollTop;
    return Math.abs(way) >= 1 ? way : 0;
  }

  /** Puts the end of the block at the end of the view, and of the spacer, which is about `height` high. `isFirst`: the
   *  block begins with the first entry. */
  showEnd({ height, isFirst }) {
    const block = this._blockHeight;
    this._put(isFirst ? 0 : Math.max(0, height - block));
    this._lines.style.height = `${this._top + block}px`;
    this._scrollTo(this._scroller.scrollHeight);
  }

  /** Puts that part of the block at the top of the view that is `within` from its top. The bar stays where it is, unless
   *  `isMove`, or where it is wrong: it belongs at `ideal`. `isIdle`: nothing moves, so it may be put right. `isFirst` and
   *  `isLast`: the block begins with the first entry, ends with the last one. */
  show(within, { ideal, height, isFirst, isLast, isMove, isIdle }) {
    const isWhole = isFirst && isLast;
    const isAdrift = !isWhole && this._isAdrift(ideal, { isFirst, isLast, isIdle });
    const scrollTop = isMove || isAdrift ? ideal : this.scrollTop;
    let top = scrollTop - within;
    if (isFirst) top = 0;
    else if (top < 0) top = Math.max(0, ideal - within);
    const end = top + this._blockHeight;
    this._put(top);
    this._lines.style.height = `${isLast ? end : Math.max(height, end + this.viewHeight, top + within + 2 * this.viewHeight)}px`;
    this._scrollTo(top + within + this.base);
  }

  /** Whether the bar is so far from where it belongs that it is put right: while nothing moves, or before it ends. */
  _isAdrift(ideal, { isFirst, isLast, isIdle }) {
    const { scrollTop, scrollHeight } = this._scroller;
    const view = this.viewHeight;
    if (isIdle && Math.abs(this.scrollTop - ideal) > view) return true;
    if (!isFirst && scrollTop < view / 2) return true;
    return !isLast && scrollTop > scrollHeight - 1.5 * view;
  }

  get _blockHeight() {
    return this._block.getBoundingClientRect().height;
  }

  /** Where the lines begin in what scrolls. */
  get base() {
    const { _scroller: scroller, _lines: lines } = this;
    const way = lines.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    return way - scroller.clientTop + scroller.scrollTop;
  }

  _put(top) {
    this._top = top;
    this._block.style.top = `${top}px`;
  }

  _scrollTo(scrollTop) {
    if (Math.abs(scrollTop - this._scroller.scrollTop) >= 0.5) this._scroller.scrollTop = scrollTop;
    this._lastTop = this._scroller.scrollTop;
  }
}
