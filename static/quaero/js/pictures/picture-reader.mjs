// Reads a picture from the server, again when there is news, and no faster than the server likes it.
import { fetchJson } from '../log-stream.mjs';

const PAUSE_MS = 2000; // between two readings of a log that grows
const REST = 15; // times as long as the server took: so a reader costs it a fifteenth of its time at most
const GO_ON_MS = 300; // while the server is counting

export class PictureReader {
  /** `url()` may change from reading to reading. `onPicture(picture)`, `onProblem(error)`. */
  constructor(url, { onPicture, onProblem }) {
    Object.assign(this, { _url: url, _onPicture: onPicture, _onProblem: onProblem });
    this._timer = null;
    this._request = null;
    this._earliest = 0;
    this._isBehind = false; // there was news while an answer was on its way
  }

  /** Reads now. An answer that is on its way is not waited for. */
  async read() {
    this.stop();
    this._isBehind = false;
    const request = new AbortController();
    this._request = request;
    const began = Date.now();
    try {
      const picture = await fetchJson(this._url(), request.signal);
      if (request.signal.aborted) return;
      this._onPicture(picture);
      if (!picture.is_complete) this._later(GO_ON_MS);
    } catch (error) {
      if (request.signal.aborted) return;
      this._onProblem(error);
    }
    this._request = null;
    const ended = Date.now();
    this._earliest = ended + Math.max(PAUSE_MS, REST * (ended - began));
    if (this._isBehind) this.readSoon();
  }

  /** There is news: reads soon, once for all news until then. */
  readSoon() {
    if (this._request !== null) this._isBehind = true;
    else if (this._timer === null) this._later(Math.max(0, this._earliest - Date.now()));
  }

  stop() {
    clearTimeout(this._timer);
    this._timer = null;
    this._request?.abort();
    this._request = null;
  }

  _later(milliseconds) {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.read(), milliseconds);
  }
}
