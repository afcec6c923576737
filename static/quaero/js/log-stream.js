/**
 * QuaeroLogs: follows a Quaero log stream and never loses its place.
 *
 *   QuaeroLogs.streamJob(jobId, {onLogs: (entries, meta) => ..., onDone: (end) => ...});
 *
 * A plain script (global `QuaeroLogs`), a CommonJS module, and by `log-stream.mjs` an ES module. One file on
 * purpose: a page of another project gets live logs with one script tag. It has two classes:
 * `Connection` keeps a stream open (backoff, silence, polling, hidden tabs) and knows nothing of logs;
 * `LogStream` keeps the place in a log (cursor, filters, buffer) and knows nothing of connections.
 * Fields are marked private by `_` and not by `#`, because frameworks wrap objects in proxies, which `#` refuses.
 */
(() => {
  'use strict';

  const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];
  const LEVEL_ALIASES = {
    debug: 'trace verbose fine finer finest dbg trc vrb v d t',
    info: 'notice information informational log config inf ok success i n',
    warn: 'warning wrn w',
    error: 'err severe failure fail e',
    fatal: 'critical crit alert emerg emergency panic dpanic ftl f c a s',
  };
  const FILTER_ALIASES = { stepId: 'step', jobId: 'job', firstLine: 'first_line', lastLine: 'last_line' };
  const CHOICES = new Set(['step', 'job', 'level', 'stream', 'status', 'kind']); // where `all` means no choice
  const MOST_DOUBLINGS = 4; // waits of 1, 2, 4, 8 and 16 times the first
  const POLL_INTERVAL_MS = 5000;
  const STREAM_RETRY_MS = 30000;
  const REQUEST_TIMEOUT_MS = 10000;
  const STABLE_MS = 5000; // one ping: a connection that lasted this long was not a failure
  const SLEPT_MS = 3000; // a timer this late means that the machine slept, not that the server was silent
  const MAX_PAGE = 1000;
  const PAGES_PER_POLL = 10; // a job that writes faster than pages are read must not make it one endless poll
  const REFUSALS = new Set([400, 401, 403, 404, 410]);
  const NO_STREAMS = 501; // the server has none, and will have none: pages are all there is
  const TERMINAL = new Set(['completed', 'failed', 'cancelled']);

  const DEFAULTS = {
    limit: 100,
    maxBufferSize: 10000,
    fallbackTimeoutMs: 15000,
    autoReconnect: true,
    reconnectDelayMs: 1000,
    maxReconnectAttempts: 5,
  };
  const CALLBACKS = ['onLogs', 'onStatus', 'onConnect', 'onDisconnect', 'onError', 'onDone', 'onReset', 'onState'];
  const OPTIONS = [...Object.keys(DEFAULTS), ...CALLBACKS, 'filters', 'since'];

  /** One of LEVELS for a level's name in any case and by any alias; undefined for what is none. */
  function levelName(level) {
    const name = String(level ?? '')
      .trim()
      .toLowerCase();
    if (LEVELS.includes(name)) return name;
    return LEVELS.find((each) => LEVEL_ALIASES[each].split(' ').includes(name));
  }

  /** A filter under the server's name and with the server's value. A moment that is given as `since` is its `from`. */
  function serverFilter(given, value) {
    const name = FILTER_ALIASES[given] ?? given;
    const text = value instanceof Date ? value.toISOString() : String(value);
    if (name === 'since' && !/^\d*$/.test(text)) return ['from', text];
    return [name, name === 'level' ? (levelName(text) ?? text) : text];
  }

  /** Filters as a query string of what the server takes; what is empty, or `all` of a choice, is left out. Dates become
   *  RFC 3339. `stepId` and `jobId` are `step` and `job`. */
  function buildQueryParams(filters) {
    const params = new URLSearchParams();
    for (const [given, value] of Object.entries(filters || {})) {
      if (value === null || value === undefined || value === '') continue;
      const [name, text] = serverFilter(given, value);
      if (!(CHOICES.has(name) && text.toLowerCase() === 'all')) params.set(name, text);
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

  /** The CSS class of a level, in any case and by any alias; an unknown level looks like info. */
  function levelClass(level) {
    return `log-level-${levelName(level) ?? 'info'}`;
  }

  /** The wait before reconnect number `attempt` (1, 2, ...), half to one and a half times the nominal one, so
   *  that the clients of a restarted server do not come back in the same instant. `firstMs`: the nominal first one. */
  function backoffDelay(attempt, random = Math.random, firstMs = DEFAULTS.reconnectDelayMs) {
    return firstMs * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS) * (0.5 + random());
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
    constructor(status, message, { code = '', detail = {}, retryAfterMs = 0 } = {}) {
      super(message);
      this.status = status; // 0: no answer, or one that is not ours
      this.code = code; // the server's word for what is wrong
      this.detail = detail;
      this.retryAfterMs = retryAfterMs;
    }
  }

  const LONG_NUMBER = /\d{16}/;
  const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
  const WHOLE = /^-?[1-9]\d*$/;
  const MARK = '\u0000whole'; // a name that no data of ours has: what is stored has no NUL

  /** As `JSON.parse`, but whole numbers beyond 2^53, of which JavaScript would lose digits, are what `toValue` makes of
   *  their text: text by default, since BigInts are refused by `JSON.stringify`. */
  function parseJson(text, toValue = String) {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text);
    const isInexact = (token) => WHOLE.test(token) && !Number.isSafeInteger(Number(token));
    const marked = text.replace(STRING_OR_NUMBER, (token) =>
      isInexact(token) ? `{"\\u0000whole":"${token}"}` : token,
    );
    const whole = (value) => (value !== null && typeof value === 'object' ? value[MARK] : undefined);
    return JSON.parse(marked, (_, value) => (whole(value) === undefined ? value : toValue(whole(value))));
  }

  /** What an answer that refuses says. */
  async function refusalOf(response) {
    const { error, code, detail } = await response.json().then(
      (body) => body ?? {},
      () => ({}),
    );
    const retryAfterMs = 1000 * Number(response.headers.get('Retry-After')) || 0;
    const status = response.ok ? 0 : response.status;
    return new HttpError(status, error || `The server answered ${response.status}`, { code, detail, retryAfterMs });
  }

  /** Why a stream that never spoke was refused; null when nothing is wrong with it. Its answer is not read on. */
  async function streamRefusal(url, signal) {
    const request = new AbortController();
    const stop = () => request.abort();
    const timer = setTimeout(stop, REQUEST_TIMEOUT_MS);
    signal.addEventListener('abort', stop);
    try {
      const response = await fetch(url, {
        headers: { Accept: 'text/event-stream' },
        cache: 'no-store',
        signal: request.signal,
      });
      return response.ok ? null : await refusalOf(response);
    } catch {
      return null; // the network's trouble, which other requests meet too
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  /** GET a JSON answer, read as `parseJson` does. Throws HttpError, for a dead or foreign server with status 0. */
  async function fetchJson(url, signal, toValue) {
    const request = new AbortController();
    const stop = () => request.abort();
    const timer = setTimeout(stop, REQUEST_TIMEOUT_MS);
    if (signal) signal.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    try {
      const options = { headers: { Accept: 'application/json' }, cache: 'no-store', signal: request.signal };
      const response = await fetch(url, options);
      if (!response.ok) throw await refusalOf(response);
      const body = await response
        .text()
        .then((text) => parseJson(text, toValue))
        .catch(() => null);
      if (body !== null) return body;
      throw new HttpError(0, `The server answered ${response.status}`); // and not as ours does
    } catch (error) {
      throw error instanceof HttpError ? error : new HttpError(0, 'The server cannot be reached');
    } finally {
      clearTimeout(timer);
      if (signal) signal.removeEventListener('abort', stop);
    }
  }

  /** How many letters to change, add or leave out make one word of the other. */
  function distance(one, other) {
    let row = [...other, ''].map((_, place) => place);
    [...one].forEach((letter, line) => {
      const before = row;
      row = [line + 1];
      for (let place = 0; place < other.length; place += 1) {
        const isSame = letter.toLowerCase() === other[place].toLowerCase();
        row.push(Math.min(before[place + 1] + 1, row[place] + 1, before[place] + (isSame ? 0 : 1)));
      }
    });
    return row.at(-1);
  }

  const complainedOf = new Set();

  /** A misspelt option would do nothing, silently: the console names it once, and what may have been meant. */
  function complainOfUnknown(options) {
    for (const name of Object.keys(options)) {
      if (OPTIONS.includes(name) || complainedOf.has(name)) continue;
      complainedOf.add(name);
      const [nearest] = [...OPTIONS].sort((one, other) => distance(name, one) - distance(name, other));
      const isNear = distance(name, nearest) <= name.length / 3;
      const meant = isNear ? nearest : `filters: {${name}: ...}`; // of which new ones come
      console.warn(`QuaeroLogs: there is no option ${name}; did you mean ${meant}?`);
    }
  }

  /** The options that were given, and the usual ones. An option that is undefined was not given. */
  function completed(options) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    return { ...DEFAULTS, ...Object.fromEntries(given) };
  }

  const JOB_ADDRESS = /^(.*\/jobs\/[^/]+)\/logs\/stream/;

  const isHidden = () => typeof document !== 'undefined' && document.hidden;

  /**
   * Keeps one EventSource open and says how it stands. States: Connecting, Live, Polling, Ended, Refused, and
   * Idle before `open`, after `close` and while the tab is hidden.
   *
   * `source` is what is read: `url()` of the next stream, `events` (names), `receive(name, event)`, and
   * `poll(signal)`, which reads by plain requests what the stream would have sent, resolves to true when
   * nothing more will come, and throws HttpError. It is also how a failed stream's reason is learnt: an
   * EventSource hides the status code.
   */
  class Connection {
    constructor(source, { onState, onError, ...options }) {
      Object.assign(this, { state: 'Idle', reason: '', error: null, attempts: 0, isPollingChosen: false });
      this.retryAt = 0; // when the stream is tried again (milliseconds); 0: no try is due
      this._source = source;
      this._options = { ...DEFAULTS, ...options, onState, onError };
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

    /** Reads by polling from now on, because the reader chose to. `open` goes back to the stream. */
    poll(reason = 'chosen') {
      this._watchPage();
      this._stopAll();
      this.isPollingChosen = true;
      this._whyPolling = reason;
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
      this._hasSpoken = false;
      this.retryAt = 0;
      for (const name of this._source.events) {
        stream.addEventListener(name, (event) => this._received(stream, name, event));
      }
      stream.addEventListener('refused', (event) => stream === this._stream && this._rightLost(event));
      stream.onerror = () => stream === this._stream && this._failed();
      this._watchSilence();
    }

    _received(stream, name, event) {
      if (stream !== this._stream) return; // late news of a connection that was given up
      this._hasSpoken = true;
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

    /** The right to read this has ended. With a new sign-in in another tab there may be one again. */
    async _rightLost(event) {
      this._closeStream();
      const { error } = parseJson(event.data);
      if (!this._options.autoReconnect) return this.refuse(new HttpError(401, error));
      this._setState('Connecting', error);
      const answer = await this._askPage();
      if (answer.isOver) return undefined;
      return this._later('retry', Math.max(backoffDelay(1), answer.retryAfterMs), () => this._openStream());
    }

    async _failed() {
      this._closeStream();
      if (this.state === 'Polling') return this._later('retry', STREAM_RETRY_MS, () => this._openStream());
      if (!this._options.autoReconnect) return this._finish('Idle', 'The connection was lost');
      this._setState('Connecting', 'The connection was lost');
      this.attempts += 1;
      const answer = await this._askPage();
      if (answer.isOver) return undefined;
      if (this.attempts > this._options.maxReconnectAttempts) {
        return this._startPolling(this.error ? this.error.message : 'The stream keeps failing');
      }
      const delay = Math.max(
        backoffDelay(this.attempts, Math.random, this._options.reconnectDelayMs),
        answer.retryAfterMs,
      );
      this.retryAt = Date.now() + delay;
      this._options.onState(this.state, this.state);
      return this._later('retry', delay, () => this._openStream());
    }

    /** One reading by plain requests. `isOver`: the connection ended, was refused, or has moved on meanwhile. When
     *  pages are given and a stream was not, the stream itself is asked why. */
    async _askPage() {
      if (!this._reading) this._reading = new AbortController();
      const { signal } = this._reading;
      const asksStream = this.state === 'Connecting' && !this._hasSpoken;
      try {
        const hasEnded = await this._source.poll(signal);
        if (!signal.aborted && hasEnded) this.end('');
        const refusal = asksStream && !signal.aborted ? await streamRefusal(this._source.url(), signal) : null;
        if (refusal && !signal.aborted) throw refusal;
        return { isOver: signal.aborted, retryAfterMs: 0 };
      } catch (error) {
        if (signal.aborted) return { isOver: true };
        this.error = error;
        this._options.onError(error);
        if (error.status === NO_STREAMS) this.poll(error.message);
        else if (REFUSALS.has(error.status)) this.refuse(error);
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
      if (this.isPollingChosen) this.poll(this._whyPolling);
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
      this.retryAt = 0;
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

  /**
   * The entries of one endpoint under one filter, live and exact over reconnects.
   *
   * Options: `filters` (step, level, stream, search, ...; `children: 1` for the log of a job with its descendants),
   * `limit`, `since` (an id to start after; 0 is everything), `maxBufferSize`, `fallbackTimeoutMs`, `autoReconnect`,
   * `reconnectDelayMs`, `maxReconnectAttempts`. Callbacks, as options or set as properties at any time:
   * `onLogs(entries, meta)` with new entries only, `onStatus(status)` (always with all steps; of a job with its
   * descendants also `children`), `onConnect()`, `onDisconnect(reason)`, `onError(error)`, `onDone(end)`,
   * `onReset(reason)` (drop what you show), `onState(state, reason)`.
   */
  class LogStream {
    constructor(endpoint, options = {}) {
      complainOfUnknown(options);
      this.endpoint = endpoint;
      this.options = completed(options);
      this.filters = { ...options.filters };
      for (const name of CALLBACKS) this[name] = options[name] ?? null;
      this._newestStatus = null; // the newest status, with all steps
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
      const onError = (error) => this._call('onError', error);
      this._connection = new Connection(source, { ...this.options, onState, onError });
    }

    /** With filters: under them, from anew when something was read under others. */
    connect(filters) {
      const { state } = this._connection;
      if (filters !== undefined && (state !== 'Idle' || this._meta)) this.reconnect(filters);
      else {
        if (filters !== undefined) this.filters = { ...filters };
        if (['Idle', 'Polling', 'Refused'].includes(state)) this._connection.open();
      }
      return this;
    }

    /** The entries that are held, oldest first. */
    get logs() {
      return this.entries;
    }

    /** All entries of the job, or of the step that is asked for. */
    get totalCount() {
      return this._meta?.total_count ?? 0;
    }

    /** Those of them that match the filters, held or not; null while they are still being counted. */
    get displayedCount() {
      return this._meta ? this._meta.displayed_count : 0;
    }

    /** The job's status, or the service's; null before the first news of it. */
    get status() {
      return (this._newestStatus?.job ?? this._newestStatus?.service)?.status ?? null;
    }

    /** All steps of the job, in their order. */
    get steps() {
      return this._newestStatus?.steps ?? [];
    }

    get connected() {
      return this._connection.state === 'Live';
    }

    disconnect() {
      this._connection.close();
    }

    /** Reads the newest entries by a plain request, which is there sooner than a stream. `read` is a promise of the job's own
     *  address, read meanwhile. Where that says that no more will come, the log has ended; otherwise `connect` goes on. */
    async begin(read) {
      const generation = this._generation;
      const page = this.readPage({ limit: this._params().limit });
      const [{ steps, partial, ...job }, { logs, meta }] = await Promise.all([read, page]);
      if (generation !== this._generation || this._meta) return;
      const hasEnded = TERMINAL.has(job.status);
      // The two were read at once: entries that came between them must not follow the job's end.
      if (hasEnded && (partial || (logs.at(-1)?.line ?? 0) < job.last_line)) return;
      if (!partial) this._takeStatus({ job, steps });
      this._accept({ logs, meta });
      this._advance(meta.newest_id);
      if (hasEnded) this._ended({ status: job.status, exit_code: job.exit_code ?? null });
    }

    /** With filters: starts over under them. Without: goes on at once where it was, by the stream. */
    reconnect(filters) {
      if (filters !== undefined) {
        this._connection.close();
        this.filters = { ...filters };
        this._forget();
        this._call('onReset', 'filters');
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
      const page = await this.readPage({ before, limit: count });
      if (generation !== this._generation) return [];
      if (before !== this.entries[0]?.id) return []; // trimmed meanwhile: what was read does not join what is held
      const older = page.logs.filter((entry) => !this._ids.has(entry.id));
      for (const entry of older) this._ids.add(entry.id);
      this.entries.unshift(...older);
      this._capacity += older.length; // asked for by hand, so new lines must not push it out again
      this._hasOlder = Boolean(page.meta.has_more) && older.length > 0;
      return older;
    }

    /** One page of entries under the same filters, which the stream does not hold: `before` or `since` an id, or from
     *  an `offset` on. Further filters may narrow it. `signal` aborts it. */
    readPage({ signal, limit = this.options.limit, ...start }) {
      return fetchJson(this._pageUrl({ ...start, limit: Math.min(limit, MAX_PAGE) }), signal);
    }

    /** Where the first entry at or after a `line`, an `id` or a `time` is under the same filters. */
    findPlace({ signal, ...wanted }) {
      return fetchJson(this._pageUrl({ ...wanted, limit: undefined }, '/place'), signal);
    }

    /** Entries in which a text or an expression is found, under the same filters: `find`, `case`, `regex`, and `since` or
     *  `before` an id. */
    findMatches({ signal, ...wanted }) {
      return fetchJson(this._pageUrl(wanted, '/find'), signal);
    }

    /** How many they are, and how many of them up to the entry `up_to`. */
    countMatches({ signal, ...wanted }) {
      return fetchJson(this._pageUrl({ ...wanted, limit: undefined }, '/find/count'), signal);
    }

    getState() {
      const { state, reason, error, attempts, isPollingChosen, retryAt } = this._connection;
      const { logs, totalCount, displayedCount, status, steps, connected } = this;
      return {
        state,
        reason,
        error,
        attempts,
        isPollingChosen,
        retryAt,
        logs,
        totalCount,
        displayedCount,
        status,
        steps,
        connected,
        endpoint: this.endpoint,
        filters: { ...this.filters },
        lastId: this._cursor,
        shown: this.entries.length,
        dropped: this._dropped,
        hasOlder: this._hasOlder,
        capacity: this._capacity,
      };
    }

    _forget() {
      this._generation = (this._generation || 0) + 1;
      this.entries = [];
      this._ids = new Set();
      this._meta = null; // of the newest `logs`; null until the first
      this._cursor = null; // the newest entry scanned, as the server said; null: begin with the last `limit`
      this._capacity = Number(this.options.maxBufferSize);
      this._dropped = 0;
      this._hasOlder = false;
      this._isInStep = false;
      this._steps = new Map(); // the job's, by id
      this._stepsRevision = null; // of the job, when a page had many steps
    }

    _params(extra) {
      const { job, jobId, ...others } = this.filters;
      const ofJob = JOB_ADDRESS.test(this.endpoint) ? {} : { job, jobId }; // the address of a job names it already
      return { limit: this.options.limit, ...others, ...ofJob, ...extra };
    }

    _streamUrl() {
      // The first `status` of a connection may be ahead of the lines that follow it, so its id is not a place to
      // go on from. From the first `logs` or `ping` on, every id is.
      this._isInStep = false;
      const resume = this._cursor === null ? {} : { since: this._cursor, limit: undefined };
      return withQuery(this.endpoint, this._params(resume));
    }

    /** Of the page endpoint, or of what is under it. */
    _pageUrl(extra, under = '') {
      return withQuery(this.endpoint.replace(/\/stream(?=\?|$)/, under), this._params(extra));
    }

    _receive(name, event) {
      const payload = event.data ? parseJson(event.data) : {};
      if (name === 'done') return this._ended(payload);
      if (name === 'reset') return this._reset(payload.reason);
      if (name === 'status') this._takeStatus(payload);
      if (name === 'logs') this._accept(payload);
      if (name === 'logs' || (name === 'ping' && this._cursor !== null)) this._isInStep = true;
      if (this._isInStep) this._advance(event.lastEventId);
      return undefined;
    }

    _takeStatus({ partial, ...status }) {
      if (Array.isArray(status.steps)) status.steps = this._allSteps(status.steps, partial);
      this._newestStatus = { ...status, steps: status.steps ?? this.steps };
      this._call('onStatus', status);
    }

    /** Of many steps a status may have those alone that changed; callbacks get all of them. */
    _allSteps(steps, isPartial) {
      if (!isPartial) this._steps.clear();
      for (const step of steps) this._steps.set(step.id, step);
      return [...this._steps.values()].sort((one, other) => one.position - other.position);
    }

    /** A callback may be replaced at any time. What it throws is its owner's: the stream goes on. */
    _call(name, ...given) {
      const callback = this[name];
      if (typeof callback !== 'function') return;
      try {
        callback(...given);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
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
      this._call('onLogs', fresh, meta);
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
      this._cursor = 0; // everything follows, so a client that is cut off now goes on from the very beginning
      this._call('onReset', reason);
      if (reason === 'deleted')
        this._connection.refuse(new HttpError(404, 'This job was deleted', { code: 'deleted' }));
    }

    _ended(end) {
      const job = this._newestStatus?.job;
      if (job) this._newestStatus = { ...this._newestStatus, job: { ...job, status: end.status } };
      this._connection.end('');
      this._call('onDone', end);
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
      const { isTruncated, ...news } = status;
      this._takeStatus(news);
      const jobs = [status.job, ...(status.children ?? [])];
      const hasEnded = isAtEnd && !isTruncated && jobs.every((job) => TERMINAL.has(job.status));
      if (hasEnded) this._ended({ status: status.job.status, exit_code: status.job.exit_code ?? null });
      return hasEnded;
    }

    get _hasChildren() {
      return String(this.filters.children) === '1';
    }

    /** A job's own address, in the shape of a `status` event; the service's stream has none. `isTruncated`: not
     *  all descendants are in it, so it is unknown whether they have ended. */
    async _readJob(signal) {
      const address = this.endpoint.match(JOB_ADDRESS);
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
      if (previous === 'Live' && state !== 'Live') this._call('onDisconnect', this._connection.reason);
      if (previous !== 'Live' && state === 'Live') this._call('onConnect');
      this._call('onState', state, this._connection.reason);
    }
  }

  /** A stream under the root of the API: the option `api`, what the page says by `<html data-quaero-api="...">`, or
   *  that of an installation that has the host for itself. */
  function streamUnder(path, { api, ...options } = {}) {
    const said = typeof document === 'undefined' ? undefined : document.documentElement?.dataset.quaeroApi;
    const root = (api ?? said ?? '/api').replace(/\/*$/, '');
    return new LogStream(`${root}/${path}/stream`, options);
  }

  const QuaeroLogs = {
    LogStream,
    Connection,
    HttpError,
    LEVELS,
    /** A stream of any endpoint, not yet connected. */
    createStream: (endpoint, options) => new LogStream(endpoint, options),
    /** A stream of the whole service, not yet connected. */
    createServiceStream: (options) => streamUnder('service/logs', { limit: 50, ...options }),
    /** A connected stream of one job. */
    streamJob: (jobId, options) => streamUnder(`jobs/${encodeURIComponent(jobId)}/logs`, options).connect(),
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
