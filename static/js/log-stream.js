/**
 * QuaeroLogs: follows a Quaero log stream and never loses its place.
 *
 *   QuaeroLogs.streamJob(jobId, {onLogs: (entries, meta) => ..., onDone: (end) => ...});
 *
 * A plain script (global `QuaeroLogs`), a CommonJS module, and by `log-stream.mjs` an ES module. One file on
 * purpose: somebody else's page gets live logs with one script tag. It has two classes:
 * `Connection` keeps a stream open (backoff, silence, polling, hidden tabs) and knows nothing of logs;
 * `LogStream` keeps the place in a log (cursor, filters, buffer) and knows nothing of connections.
 * Fields are marked private by `_` and not by `#`, because frameworks wrap objects in proxies, which `#` refuses.
 */
(function () {
  'use strict';

  const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];
  const BACKOFF_MS = [1000, 2000, 4000, 8000, 16000];
  const POLL_INTERVAL_MS = 5000;
  const STREAM_RETRY_MS = 30000;
  const REQUEST_TIMEOUT_MS = 10000;
  const STABLE_MS = 5000; // one ping: a connection that lasted this long was not a failure
  const SLEPT_MS = 3000; // a timer this late means that the machine slept, not that the server was silent
  const MAX_PAGE = 1000;
  const PAGES_PER_POLL = 10; // a job that writes faster than pages are read must not make it one endless poll
  const REFUSALS = new Set([400, 401, 403, 404, 410]);
  const TERMINAL = new Set(['completed', 'failed', 'cancelled']);

  /** Filters as a query string; what is empty is left out. Dates become RFC 3339. */
  function buildQueryParams(filters) {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(filters || {})) {
      if (value === null || value === undefined || value === '') continue;
      params.set(name, value instanceof Date ? value.toISOString() : String(value));
    }
    return params.toString();
  }

  /** `14:03:09.120` in the reader's time zone, with the date before it when asked for. */
  function formatTimestamp(iso, includeDate) {
    const time = new Date(iso);
    if (!iso || Number.isNaN(time.getTime())) return '';
    const pad = (number, width = 2) => String(number).padStart(width, '0');
    const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
    const precise = `${clock}.${pad(time.getMilliseconds(), 3)}`;
    if (!includeDate) return precise;
    return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${precise}`;
  }

  /** The CSS class of a level; an unknown level looks like info. */
  function levelClass(level) {
    return `log-level-${LEVELS.includes(level) ? level : 'info'}`;
  }

  /** The wait before reconnect number `attempt` (1, 2, ...), half to one and a half times the nominal one, so
   *  that the clients of a restarted server do not come back in the same instant. */
  function backoffDelay(attempt, random = Math.random) {
    return BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length) - 1] * (0.5 + random());
  }

  function withQuery(url, params) {
    const query = buildQueryParams(params);
    return query ? url + (url.includes('?') ? '&' : '?') + query : url;
  }

  /** The jobs under a row of `/tree`, in the order in which they were made: the `children` of a `status` event. */
  function descendants(row) {
    const below = row.children.flatMap(({ children, ...job }) => [job, ...descendants({ children })]);
    const place = (job) => `${job.created_at} ${job.id}`;
    return below.sort((one, other) => (place(one) < place(other) ? -1 : 1));
  }

  class HttpError extends Error {
    constructor(status, message, retryAfterMs = 0) {
      super(message);
      this.status = status; // 0: no answer, or one that is not ours
      this.retryAfterMs = retryAfterMs;
    }
  }

  const LONG_NUMBER = /\d{16}/;
  const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
  const WHOLE = /^-?[1-9]\d*$/;
  const MARK = '\u0000whole'; // a name that no data of ours has: what is stored has no NUL

  /** As `JSON.parse`, but whole numbers beyond 2^53, of which JavaScript would lose digits, are what `toValue` makes of
   *  their text: text unless told otherwise, since BigInts are refused by `JSON.stringify`. */
  function parseJson(text, toValue = String) {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text);
    const isInexact = (token) => WHOLE.test(token) && !Number.isSafeInteger(Number(token));
    const marked = text.replace(STRING_OR_NUMBER, (token) => (isInexact(token) ? `{"\\u0000whole":"${token}"}` : token));
    const whole = (value) => (value !== null && typeof value === 'object' ? value[MARK] : undefined);
    return JSON.parse(marked, (_, value) => (whole(value) === undefined ? value : toValue(whole(value))));
  }

  /** GET a JSON answer, read as `parseJson` does. Throws HttpError, for a dead or foreign server with status 0. */
  async function fetchJson(url, signal, toValue) {
    const request = new AbortController();
    const stop = () => request.abort();
    const timer = setTimeout(stop, REQUEST_TIMEOUT_MS);
    if (signal) signal.addEventListener('abort', stop);
    if (signal && signal.aborted) stop();
    try {
      const options = { headers: { Accept: 'application/json' }, cache: 'no-store', signal: request.signal };
      const response = await fetch(url, options);
      const body = await response.text().then((text) => parseJson(text, toValue)).catch(() => null);
      if (response.ok && body !== null) return body;
      const retryAfterMs = 1000 * Number(response.headers.get('Retry-After')) || 0;
      const message = (body && body.error) || `The server answered ${response.status}`;
      throw new HttpError(response.ok ? 0 : response.status, message, retryAfterMs);
    } catch (error) {
      throw error instanceof HttpError ? error : new HttpError(0, 'The server cannot be reached');
    } finally {
      clearTimeout(timer);
      if (signal) signal.removeEventListener('abort', stop);
    }
  }

  const isHidden = () => typeof document !== 'undefined' && document.hidden;

  /**
   * Keeps one EventSource open and says how it stands. States: Connecting, Live, Polling, Ended, Refused, and
   * Idle before `open`, after `close` and while the tab is hidden.
   *
   * `source` is what is read: `url()` of the next stream, `events` (names), `receive(name, event)`, and
   * `poll(signal)`, which reads by plain requests what the stream would have sent, resolves to true when
   * nothing more will come, and throws HttpError. It is also how a failed stream's reason is learnt: an
   * EventSource tells nobody the status code.
   */
  class Connection {
    constructor(source, { fallbackTimeoutMs, autoReconnect, maxReconnectAttempts, onState, onError }) {
      Object.assign(this, { state: 'Idle', reason: '', error: null, attempts: 0, isPollingChosen: false });
      this._source = source;
      this._options = { fallbackTimeoutMs, autoReconnect, maxReconnectAttempts, onState, onError };
      this._timers = {};
      this._isSuspended = false;
      this._onVisibility = () => (document.hidden ? this._suspend() : this._wake());
      this._onOnline = () => this._isTrying() && this.open();
    }

    /** (Re)opens the stream at once. */
    open() {
      this._watchPage();
      this._stopAll();
      this.attempts = 0;
      this.isPollingChosen = false;
      if (isHidden()) return this._suspend();
      this._setState(this.state === 'Polling' ? 'Polling' : 'Connecting');
      return this._openStream();
    }

    /** Reads by polling from now on, because somebody chose to. `open` goes back to the stream. */
    poll(reason = 'chosen') {
      this._watchPage();
      this._stopAll();
      this.isPollingChosen = true;
      if (isHidden()) return this._suspend();
      return this._startPolling(reason);
    }

    close() {
      this._finish('Idle', 'closed');
    }

    end(reason) {
      this._finish('Ended', reason);
    }

    refuse(error) {
      this._finish('Refused', error.message, error);
    }

    _finish(state, reason, error = null) {
      this._stopAll();
      this._unwatchPage();
      this._isSuspended = false;
      this.error = error;
      this._setState(state, reason);
    }

    _openStream() {
      this._closeStream();
      const stream = new EventSource(this._source.url());
      this._stream = stream;
      this._openedAt = Date.now();
      for (const name of this._source.events) {
        stream.addEventListener(name, (event) => this._received(stream, name, event));
      }
      stream.onerror = () => stream === this._stream && this._failed();
      this._watchSilence();
    }

    _received(stream, name, event) {
      if (stream !== this._stream) return; // late news of a connection that was given up
      if (Date.now() - this._openedAt >= STABLE_MS) this.attempts = 0;
      this._watchSilence();
      if (this.state !== 'Live') {
        this._stopPolling();
        this.error = null;
        this._setState('Live');
      }
      try {
        this._source.receive(name, event);
      } catch (error) {
        this._options.onError(error);
        if (stream === this._stream) this._failed(); // unreadable: the place before it is still known
      }
    }

    async _failed() {
      this._closeStream();
      if (this.state === 'Polling') return this._later('retry', STREAM_RETRY_MS, () => this._openStream());
      if (!this._options.autoReconnect) return this._finish('Idle', 'The connection was lost');
      this._setState('Connecting', 'The connection was lost');
      this.attempts += 1;
      const answer = await this._askPage();
      if (answer.isOver) return undefined;
      if (this.attempts > this._options.maxReconnectAttempts) return this._startPolling('The stream keeps failing');
      const delay = Math.max(backoffDelay(this.attempts), answer.retryAfterMs);
      return this._later('retry', delay, () => this._openStream());
    }

    /** One reading by plain requests. `isOver`: the connection ended, was refused, or has moved on meanwhile. */
    async _askPage() {
      if (!this._reading) this._reading = new AbortController();
      const { signal } = this._reading;
      try {
        const hasEnded = await this._source.poll(signal);
        if (!signal.aborted && hasEnded) this.end('');
        return { isOver: signal.aborted, retryAfterMs: 0 };
      } catch (error) {
        if (signal.aborted) return { isOver: true };
        this.error = error;
        this._options.onError(error);
        if (REFUSALS.has(error.status)) this.refuse(error);
        else this._setState(this.state, error.message);
        return { isOver: signal.aborted, retryAfterMs: error.retryAfterMs || 0 };
      }
    }

    _startPolling(reason) {
      this._setState('Polling', reason);
      if (!this.isPollingChosen) this._later('retry', STREAM_RETRY_MS, () => this._openStream());
      this._pollAgain();
    }

    async _pollAgain() {
      const answer = await this._askPage();
      if (answer.isOver || this.state !== 'Polling') return;
      this._later('poll', Math.max(POLL_INTERVAL_MS, answer.retryAfterMs), () => this._pollAgain());
    }

    _watchSilence() {
      const dueAt = Date.now() + this._options.fallbackTimeoutMs;
      this._later('silence', this._options.fallbackTimeoutMs, () => this._silent(dueAt));
    }

    _silent(dueAt) {
      if (this.state === 'Polling') return this._failed();
      if (Date.now() - dueAt > SLEPT_MS) return this.open();
      if (!this._options.autoReconnect) return this._finish('Idle', 'The stream is silent');
      this._closeStream();
      return this._startPolling('The stream is silent');
    }

    _suspend() {
      this._isSuspended = true;
      this._stopAll();
      this._setState('Idle', 'hidden');
    }

    _wake() {
      if (!this._isSuspended) return;
      this._isSuspended = false;
      if (this.isPollingChosen) this.poll();
      else this.open();
    }

    _isTrying() {
      return this.state === 'Connecting' || (this.state === 'Polling' && !this.isPollingChosen);
    }

    _setState(state, reason = '') {
      const previous = this.state;
      if (state === previous && reason === this.reason) return;
      this.state = state;
      this.reason = reason;
      this._options.onState(state, previous);
    }

    _later(name, delayMs, action) {
      clearTimeout(this._timers[name]);
      this._timers[name] = setTimeout(action, delayMs);
    }

    _closeStream() {
      clearTimeout(this._timers.silence);
      if (this._stream) this._stream.close();
      this._stream = null;
    }

    _stopPolling() {
      clearTimeout(this._timers.poll);
      clearTimeout(this._timers.retry);
      if (this._reading) this._reading.abort();
      this._reading = null;
    }

    _stopAll() {
      this._closeStream();
      this._stopPolling();
    }

    /** A hidden tab gives its connection back: a browser has six per host on HTTP/1.1. */
    _watchPage() {
      if (this._isWatchingPage || typeof document === 'undefined') return;
      this._isWatchingPage = true;
      document.addEventListener('visibilitychange', this._onVisibility);
      globalThis.addEventListener('online', this._onOnline);
    }

    _unwatchPage() {
      if (!this._isWatchingPage) return;
      this._isWatchingPage = false;
      document.removeEventListener('visibilitychange', this._onVisibility);
      globalThis.removeEventListener('online', this._onOnline);
    }
  }

  const DEFAULTS = {
    limit: 100,
    maxBufferSize: 10000,
    fallbackTimeoutMs: 15000,
    autoReconnect: true,
    maxReconnectAttempts: 5,
  };
  const CALLBACKS = ['onLogs', 'onStatus', 'onConnect', 'onDisconnect', 'onError', 'onDone', 'onReset', 'onState'];

  /**
   * The entries of one endpoint under one filter, live and exact over reconnects.
   *
   * Options: `filters` (step, level, stream, search, ...; `children: 1` for the log of a job with its descendants),
   * `limit`, `since` (an id to start after; 0 is everything), `maxBufferSize`, `fallbackTimeoutMs`, `autoReconnect`,
   * `maxReconnectAttempts`. Callbacks: `onLogs(entries, meta)` with new entries only, `onStatus(status)` (of a job with
   * its descendants also `children`), `onConnect()`, `onDisconnect(reason)`, `onError(error)`, `onDone(end)`,
   * `onReset(reason)` (drop what you show), `onState(state, reason)`.
   */
  class LogStream {
    constructor(endpoint, options = {}) {
      this.endpoint = endpoint;
      this.options = { ...DEFAULTS, ...options };
      this.filters = { ...options.filters };
      for (const name of CALLBACKS) if (!this.options[name]) this.options[name] = () => {};
      this._forget();
      if (options.since !== undefined) this._cursor = Number(options.since);
      const events = ['status', 'logs', 'ping', 'reset', 'done'];
      const source = {
        events,
        url: () => this._streamUrl(),
        receive: (name, event) => this._receive(name, event),
        poll: (signal) => this._poll(signal),
      };
      const onState = (state, previous) => this._stateChanged(state, previous);
      const onError = (error) => this.options.onError(error);
      this._connection = new Connection(source, { ...this.options, onState, onError });
    }

    connect() {
      if (['Idle', 'Polling', 'Refused'].includes(this._connection.state)) this._connection.open();
      return this;
    }

    disconnect() {
      this._connection.close();
    }

    /** With filters: starts over under them. Without: goes on at once where it was, by the stream. */
    reconnect(filters) {
      if (filters !== undefined) {
        this._connection.close();
        this.filters = { ...filters };
        this._forget();
        this.options.onReset('filters');
      }
      this._connection.open();
    }

    /** Goes on by asking for pages instead; `reconnect()` returns to the stream. */
    usePolling(reason) {
      this._connection.poll(reason);
    }

    /** Forgets what was received and goes on from here. */
    clear() {
      this._trim(0);
    }

    /** Reads `count` older entries than the oldest one held and returns those that are new, oldest first. */
    async loadOlder(count = this.options.limit) {
      const generation = this._generation;
      const before = this.entries.length ? this.entries[0].id : undefined;
      const page = await fetchJson(this._pageUrl({ before, limit: Math.min(count, MAX_PAGE) }));
      if (generation !== this._generation) return [];
      const older = page.logs.filter((entry) => !this._ids.has(entry.id));
      for (const entry of older) this._ids.add(entry.id);
      this.entries.unshift(...older);
      this._capacity += older.length; // asked for by hand, so new lines must not push it out again
      this._hasOlder = Boolean(page.meta.has_more) && older.length > 0;
      return older;
    }

    getState() {
      const { state, reason, error, attempts, isPollingChosen } = this._connection;
      return {
        state, reason, error, attempts, isPollingChosen,
        endpoint: this.endpoint,
        filters: { ...this.filters },
        lastId: this._cursor,
        shown: this.entries.length,
        dropped: this._dropped,
        hasOlder: this._hasOlder,
        totalCount: this._meta?.total_count ?? 0,
        displayedCount: this._meta?.displayed_count ?? 0,
        capacity: this._capacity,
      };
    }

    _forget() {
      this._generation = (this._generation || 0) + 1;
      this.entries = [];
      this._ids = new Set();
      this._meta = null; // of the newest `logs`; null until the first
      this._cursor = null; // the newest entry scanned, as the server said; null: begin with the last `limit`
      this._capacity = this.options.maxBufferSize;
      this._dropped = 0;
      this._hasOlder = false;
      this._isInStep = false;
      this._steps = new Map(); // the job's, by id
      this._stepsRevision = null; // of the job, when a page has told of many steps
    }

    _params(extra) {
      return { limit: this.options.limit, ...this.filters, ...extra };
    }

    _streamUrl() {
      // The first `status` of a connection may be ahead of the lines that follow it, so its id is not a place to
      // go on from. From the first `logs` or `ping` on, every id is.
      this._isInStep = false;
      const resume = this._cursor === null ? {} : { since: this._cursor, limit: undefined };
      return withQuery(this.endpoint, this._params(resume));
    }

    _pageUrl(extra) {
      return withQuery(this.endpoint.replace(/\/stream(?=\?|$)/, ''), this._params(extra));
    }

    _receive(name, event) {
      const payload = event.data ? parseJson(event.data) : {};
      if (name === 'done') return this._ended(payload);
      if (name === 'reset') return this._reset(payload.reason);
      if (name === 'status') this.options.onStatus(this._withAllSteps(payload));
      if (name === 'logs') this._accept(payload);
      if (name === 'logs' || (name === 'ping' && this._cursor !== null)) this._isInStep = true;
      if (this._isInStep) this._advance(event.lastEventId);
      return undefined;
    }

    /** Of many steps a status may tell of those alone that changed; who listens is told of all. */
    _withAllSteps({ partial, ...status }) {
      if (!Array.isArray(status.steps)) return status;
      if (!partial) this._steps.clear();
      for (const step of status.steps) this._steps.set(step.id, step);
      const steps = [...this._steps.values()].sort((one, other) => one.position - other.position);
      return { ...status, steps };
    }

    _advance(id) {
      if (/^\d+$/.test(String(id ?? '')) && Number(id) > (this._cursor ?? -1)) this._cursor = Number(id);
    }

    _accept({ logs, meta }) {
      const fresh = logs.filter((entry) => !this._ids.has(entry.id)); // the last guard, should a line come twice
      for (const entry of fresh) this._ids.add(entry.id);
      if (!this._meta) this._hasOlder = Boolean(meta.has_more);
      this._meta = meta;
      this.entries.push(...fresh);
      this._trim(this._capacity);
      this.options.onLogs(fresh, meta);
      return fresh.length;
    }

    _trim(size) {
      const excess = this.entries.length - size;
      if (excess <= 0) return;
      for (const entry of this.entries.splice(0, excess)) this._ids.delete(entry.id);
      this._dropped += excess;
      this._hasOlder = true;
    }

    _reset(reason) {
      this._forget();
      this._cursor = 0; // everything follows, so whoever is cut off now goes on from the very beginning
      this.options.onReset(reason);
      if (reason === 'deleted') this._connection.refuse(new HttpError(404, 'This job was deleted'));
    }

    _ended(end) {
      this._connection.end('');
      this.options.onDone(end);
    }

    /** The job first, then entries up to its last line: a status never overtakes the lines before it. */
    async _poll(signal) {
      const status = await this._readJob(signal);
      let isAtEnd = false;
      for (let pages = 0; pages < PAGES_PER_POLL && !isAtEnd; pages += 1) {
        const place = this._cursor === null ? {} : { since: this._cursor, limit: MAX_PAGE };
        const page = await fetchJson(this._pageUrl(place), signal);
        if (signal.aborted) return false;
        const received = this._accept(page);
        this._advance(page.meta.newest_id);
        // A page may be short only because its lines are long, so its length says nothing; nor does a line
        // of one of several jobs.
        isAtEnd = received === 0 || (!this._hasChildren && page.logs.at(-1).line >= status?.job.last_line);
      }
      if (!status) return false;
      const { isTruncated, ...told } = status;
      this.options.onStatus(this._withAllSteps(told));
      const jobs = [status.job, ...(status.children ?? [])];
      const hasEnded = isAtEnd && !isTruncated && jobs.every((job) => TERMINAL.has(job.status));
      if (hasEnded) this._ended({ status: status.job.status, exit_code: status.job.exit_code ?? null });
      return hasEnded;
    }

    get _hasChildren() {
      return String(this.filters.children) === '1';
    }

    /** A job's own address, in the shape of a `status` event; the service's stream has none. `isTruncated`: not
     *  all descendants are told of, so nobody knows whether they have ended. */
    async _readJob(signal) {
      const address = this.endpoint.match(/^(.*\/jobs\/[^/]+)\/logs\/stream/);
      if (!address) return null;
      const answer = await this._readSteps(address[1], signal);
      const status = answer.job ? answer : { job: answer, steps: answer.steps, partial: answer.partial };
      if (!this._hasChildren) return status;
      const tree = await fetchJson(`${address[1]}/tree`, signal);
      return { ...status, children: descendants(tree.job), isTruncated: tree.truncated };
    }

    /** The job's own page: of many steps those that changed since the page before, unless some of them are gone. */
    async _readSteps(address, signal) {
      const answer = await fetchJson(withQuery(address, { steps_since: this._stepsRevision }), signal);
      const ids = new Set([...this._steps.keys(), ...(answer.steps ?? []).map((step) => step.id)]);
      if (answer.partial && ids.size !== answer.steps_total) {
        this._stepsRevision = null;
        return this._readSteps(address, signal);
      }
      this._stepsRevision = answer.steps_total === undefined ? null : answer.revision;
      return answer;
    }

    _stateChanged(state, previous) {
      if (previous === 'Live' && state !== 'Live') this.options.onDisconnect(this._connection.reason);
      if (previous !== 'Live' && state === 'Live') this.options.onConnect();
      this.options.onState(state, this._connection.reason);
    }
  }

  const jobEndpoint = (jobId) => `/api/jobs/${encodeURIComponent(jobId)}/logs/stream`;

  const QuaeroLogs = {
    LogStream,
    Connection,
    HttpError,
    LEVELS,
    /** A stream of any endpoint, not yet connected. */
    createStream: (endpoint, options) => new LogStream(endpoint, options),
    /** A stream of the whole service, not yet connected. */
    createServiceStream: (options) => new LogStream('/api/service/logs/stream', { limit: 50, ...options }),
    /** A connected stream of one job. */
    streamJob: (jobId, options) => new LogStream(jobEndpoint(jobId), options).connect(),
    /** A connected stream of the whole service. */
    streamService: (options) => QuaeroLogs.createServiceStream(options).connect(),
    buildQueryParams,
    formatTimestamp,
    levelClass,
    backoffDelay,
    fetchJson,
    parseJson,
  };

  globalThis.QuaeroLogs = QuaeroLogs;
  if (typeof module === 'object' && module.exports) module.exports = QuaeroLogs;
})();
