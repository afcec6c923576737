// Requests for pages of a log that a scrolling reader causes: few at once, the newest wish first, and none that is not
// wanted any more.
const AT_ONCE = 2;

export class PageRequests {
  /** `read(page, signal)` reads one, `take(page, answer)` gets what came, `fail(page, error)` why nothing did. A page has
   *  `from` and `to`, the places that it is to fill. */
  constructor({ read, take, fail }) {
    Object.assign(this, { _read: read, _take: take, _fail: fail, _running: [] });
  }

  get areRunning() {
    return this._running.length > 0;
  }

  /** The page, unless as many are under way as may be, or one of them brings the same. */
  start(page) {
    if (this._running.length >= AT_ONCE || this._running.some((each) => each.from < page.to && page.from < each.to))
      return;
    const request = new AbortController();
    const running = { ...page, request };
    this._running.push(running);
    this._read(page, request.signal).then(
      (answer) => this._finished(running, () => this._take(page, answer)),
      (error) => this._finished(running, () => this._fail(page, error)),
    );
  }

  /** Gives up those that are for no place from `from` to `to`. */
  keepWithin(from, to) {
    this._stop((page) => page.to <= from || to <= page.from);
  }

  stop() {
    this._stop(() => true);
  }

  _stop(isUnwanted) {
    for (const page of this._running.filter(isUnwanted)) page.request.abort();
    this._running = this._running.filter((page) => !page.request.signal.aborted);
  }

  _finished(running, then) {
    if (running.request.signal.aborted) return;
    this._running = this._running.filter((each) => each !== running);
    then();
  }
}
