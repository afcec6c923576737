// The log of the whole service, read once for all tabs of a browser that show it. Runs where the hub runs.
import { createStream } from '../log-stream.mjs';
import { address } from '../lib/addresses.mjs';
import { standingOf } from '../lib/refusals.mjs';

export const SERVICE_LIMIT = 200; // what a panel begins with
const BUFFER_ROWS = 1000; // held for tabs that come later, and by each tab
const STALE_MS = 60000; // a reader who was away for longer sees the newest lines, not all that came meanwhile

export class ServiceChannel {
  constructor() {
    this._ports = new Set();
    this._level = null;
    this._leftAt = 0;
    this._hasAnswered = false;
    this._stream = createStream(address('service_log_stream'), {
      limit: SERVICE_LIMIT,
      maxBufferSize: BUFFER_ROWS,
      onLogs: (entries) => this._answered(entries),
      onReset: (reason) => this._reset(reason),
      onState: () => this._post(this._standing()),
    });
  }

  get size() {
    return this._ports.size;
  }

  /** One level for the whole browser: whichever a tab asked for last. So the server's counts are exact for every tab,
   *  and one stream is enough. */
  join(port, { level }) {
    const isStale = this._ports.size === 0 && Date.now() - this._leftAt > STALE_MS;
    if (level !== this._level || isStale) this._restart(level);
    else this._stream.connect();
    this._ports.add(port);
    const { _level: held, _hasAnswered: isComplete, _stream: stream } = this;
    port.post({ kind: 'snapshot', level: held, isComplete, entries: stream.entries, counts: this._counts() });
    port.post(this._standing());
  }

  leave(port) {
    this._ports.delete(port);
    this._leftAt = Date.now();
  }

  /** No tab shows it any more; the place in the log is kept. */
  rest() {
    this._stream.disconnect();
  }

  open() {
    this._stream.reconnect();
  }

  _restart(level) {
    this._level = level;
    this._stream.reconnect({ level });
  }

  _answered(entries) {
    this._hasAnswered = true;
    this._post({ kind: 'entries', entries, counts: this._counts() });
  }

  _reset(reason) {
    this._hasAnswered = false;
    this._post({ kind: 'reset', reason, level: this._level });
  }

  _counts() {
    const { totalCount, displayedCount, hasOlder } = this._stream.getState();
    return { totalCount, displayedCount, hasOlder };
  }

  _standing() {
    return { kind: 'state', ...standingOf(this._stream?.getState() ?? { state: 'Idle', reason: '' }) };
  }

  _post(message) {
    for (const port of this._ports) port.post(message);
  }
}
