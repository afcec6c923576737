// The log of the whole service as a tab sees it, with the members of a `LogStream` that a log viewer uses.
import { buildQueryParams, fetchJson } from '../log-stream.mjs';
import { api } from '../lib/addresses.mjs';
import { SharedSubscription } from './tab.mjs';

const CAPACITY = 1000; // as many as the hub holds

export class SharedServiceStream {
  /** Options: `level()`, which the hub is asked for with each joining; callbacks `onLogs(entries, meta)`, `onReset(reason)`, `onState()`, `onLevel(level)`. */
  constructor({ level, onLogs, onReset, onState, onLevel }) {
    Object.assign(this, { entries: [], _callbacks: { onLogs, onReset, onState, onLevel }, _level: level() });
    this._counts = { totalCount: 0, displayedCount: 0, hasOlder: false };
    this._standing = { state: 'Idle', reason: '', error: null, retryAt: 0 };
    const handlers = {
      snapshot: (message) => this._catchUp(message),
      entries: (message) => this._take(message.entries, message.counts),
      reset: (message) => this._reset(message),
      state: (message) => this._stand(message),
    };
    this._subscription = new SharedSubscription('service', handlers, () => ({ level: level() }));
  }

  connect() {
    this._subscription.open();
    return this;
  }

  disconnect() {
    this._subscription.close();
  }

  /** With filters: all tabs start over under what `level()` says now. Without: tries the stream at once. */
  reconnect(filters) {
    if (filters === undefined) this._subscription.retry();
    else this._subscription.rejoin();
  }

  readPage(query) {
    return this._read('service/logs', query);
  }

  findPlace(query) {
    return this._read('service/logs/place', query);
  }

  findMatches(query) {
    return this._read('service/logs/find', query);
  }

  countMatches(query) {
    return this._read('service/logs/find/count', query);
  }

  _read(path, { signal, ...query }) {
    return fetchJson(`${api(path)}?${buildQueryParams({ level: this._level, ...query })}`, signal);
  }

  getState() {
    return { ...this._standing, isPollingChosen: false, ...this._counts };
  }

  /** What the hub holds: what is new of it, when it continues what is here; otherwise all of it. */
  _catchUp({ level, isComplete, entries, counts }) {
    const newest = this.entries.at(-1)?.id ?? 0;
    const continues = level === this._level && this.entries.length > 0 && entries[0]?.id <= newest;
    if (!continues) this._reset({ reason: 'snapshot', level });
    if (isComplete) this._take(continues ? entries.filter((entry) => entry.id > newest) : entries, counts);
  }

  _take(entries, { totalCount, displayedCount, hasOlder }) {
    const isFirst = this.entries.length === 0;
    Object.assign(this._counts, { totalCount, displayedCount });
    this.entries.push(...entries);
    const excess = this.entries.length - CAPACITY;
    if (excess > 0) this.entries.splice(0, excess);
    if (isFirst) this._counts.hasOlder = hasOlder;
    else if (excess > 0) this._counts.hasOlder = true;
    this._callbacks.onLogs(entries, { displayed_count: displayedCount, has_more: this._counts.hasOlder });
  }

  _reset({ reason, level }) {
    this.entries = [];
    if (level !== undefined && level !== this._level) {
      this._level = level; // another tab chose it
      this._callbacks.onLevel(level);
    }
    this._callbacks.onReset(reason);
  }

  _stand({ state, reason, error, retryAt }) {
    this._standing = { state, reason, error, retryAt };
    this._callbacks.onState();
  }
}
