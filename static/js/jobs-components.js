// The list of jobs as an Alpine component.
import { describeJob } from './job-summary.mjs';
import { JobTable } from './job-table.mjs';
import { jobsSubscription, readJobs } from './jobs-stream.mjs';
import { capitalised, countText, numberText, stateText } from './words.mjs';

const STATUSES = ['running', 'pending', 'failed', 'completed', 'cancelled'];
const PAGE_ROWS = 50;
const MOST_ROWS = 1000; // in one request, when a long list is read again
const CLOCK_MS = 1000;
const SEARCH_PAUSE_MS = 250;
const RETRY_MS = 5000; // after a list that could not be read
const NEW_FOR_MS = 2500; // how long a new row is marked

export function jobsList() {
  const table = new JobTable();
  const news = new Set(); // jobs heard of while a page is being read, which knows less of them
  const appeared = new Map();
  let connection = null;
  let clock = null;
  let searchTimer = null;
  let retryTimer = null;
  let frame = null;
  let reading = 0;

  return {
    rows: [],
    counts: {},
    stats: null,
    status: '',
    q: '',
    state: 'Idle',
    reason: '',
    refusal: 0,
    isLoaded: false,
    isLoadingMore: false,
    hasMore: false,
    problem: '',

    init() {
      const params = new URLSearchParams(location.search);
      this.status = STATUSES.includes(params.get('status')) ? params.get('status') : '';
      this.q = params.get('q') ?? '';
      table.filters = { status: this.status, q: this.q };
      connection = jobsSubscription({
        onSubscribed: () => this.readFirst(),
        onPoll: () => this.readFirst(),
        onStats: (stats) => this.showStats(stats),
        onJob: (job, isNew) => this.hear(job, isNew),
        onDeleted: (id) => table.remove(id) && this.showSoon(),
        onState: (standing) => this.showState(standing),
      });
      clock = setInterval(() => this.tick(), CLOCK_MS);
      connection.open();
      this.readFirst(); // what is there can be shown before the stream has begun
    },

    destroy() {
      clearInterval(clock);
      clearTimeout(searchTimer);
      clearTimeout(retryTimer);
      cancelAnimationFrame(frame);
      connection.close();
    },

    /** Reads the list from the top, as far down as it was read before. */
    async readFirst() {
      clearTimeout(retryTimer);
      reading += 1;
      const turn = reading;
      news.clear();
      const limit = Math.min(MOST_ROWS, Math.max(PAGE_ROWS, table.rows.length));
      try {
        const page = await readJobs(table.filters, limit);
        if (turn !== reading) return;
        table.loadFirst(page, news);
        this.counts = page.counts;
        this.problem = '';
        this.isLoaded = true;
      } catch (error) {
        if (turn !== reading) return;
        this.problem = error.message;
        retryTimer = setTimeout(() => this.readFirst(), RETRY_MS);
      }
      this.show();
    },

    async loadMore() {
      this.isLoadingMore = true;
      const turn = reading;
      try {
        const page = await readJobs(table.filters, PAGE_ROWS, table.next);
        if (turn === reading) table.loadMore(page);
        this.problem = '';
      } catch (error) {
        this.problem = error.message;
      }
      this.isLoadingMore = false;
      this.show();
    },

    hear(job, isNew) {
      news.add(job.id);
      if (isNew) appeared.set(job.id, Date.now());
      if (table.apply(job)) this.showSoon();
    },

    showStats(stats) {
      const before = JSON.stringify(this.stats?.by_status);
      this.stats = stats;
      if (!this.q) this.counts = stats.by_status;
      else if (before !== JSON.stringify(stats.by_status)) this.readFirst(); // counts of a search are the server's
    },

    showState({ state, reason, status }) {
      this.state = state;
      this.reason = reason;
      this.refusal = status;
    },

    /** Many jobs change in one instant; the page needs to be put together once. */
    showSoon() {
      frame ??= requestAnimationFrame(() => {
        frame = null;
        this.show();
      });
    },

    /** Durations go on and marks fade; a list at rest is left alone. */
    tick() {
      if (appeared.size || this.rows.some((row) => row.isActive)) this.show();
    },

    show() {
      const now = Date.now();
      for (const [id, since] of appeared) if (now - since > NEW_FOR_MS) appeared.delete(id);
      this.rows = table.rows.map((job) => ({
        ...describeJob(job, now),
        rowClass: appeared.has(job.id) ? 'is-new' : '',
      }));
      this.hasMore = table.next !== null;
    },

    chooseStatus(event) {
      this.status = event.currentTarget.dataset.status;
      this.applyFilters();
    },

    setSearch(event) {
      this.q = event.currentTarget.value.trim();
      clearTimeout(searchTimer);
      searchTimer = setTimeout(() => this.applyFilters(), SEARCH_PAUSE_MS);
    },

    clearFilters() {
      this.status = '';
      this.q = '';
      this.applyFilters();
    },

    applyFilters() {
      clearTimeout(searchTimer);
      const query = new URLSearchParams(Object.entries({ status: this.status, q: this.q }).filter((each) => each[1]));
      history.replaceState(null, '', location.pathname + (query.size ? `?${query}` : ''));
      table.restart();
      table.filters = { status: this.status, q: this.q };
      this.isLoaded = false;
      this.show();
      this.readFirst();
    },

    retryNow() {
      connection.retry();
    },

    pressKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const field = event.target.closest('input, select, textarea');
      if (event.key === 'Escape' && (field || this.isFiltering)) {
        field?.blur();
        this.clearFilters();
      } else if (event.key === '/' && !field) {
        event.preventDefault();
        this.$refs.search.focus();
      }
    },

    get facets() {
      const one = (status) => ({ status, text: capitalised(status), count: this.counts[status] ?? 0 });
      const each = STATUSES.map(one);
      const all = { status: '', text: 'All', count: each.reduce((sum, facet) => sum + facet.count, 0) };
      return [all, ...each].map((facet) => ({
        ...facet,
        countText: numberText(facet.count),
        dotClass: facet.status ? `status-dot status-${facet.status}` : '',
        pressed: String(facet.status === this.status),
      }));
    },
    get isFiltering() {
      return Boolean(this.status || this.q);
    },
    get isLoading() {
      return !this.isLoaded && !this.problem;
    },
    get isOffline() {
      return Boolean(this.problem) && this.refusal !== 401;
    },
    get hasNoMatch() {
      return this.isLoaded && this.rows.length === 0 && this.isFiltering;
    },
    get hasNoJobs() {
      return this.isLoaded && this.rows.length === 0 && !this.isFiltering;
    },
    get hasRows() {
      return this.rows.length > 0;
    },
    get moreWords() {
      return this.isLoadingMore ? 'Loading…' : 'Load more jobs';
    },
    get stateWords() {
      return stateText(this.state, this.reason);
    },
    get stateClass() {
      return `state-${this.state.toLowerCase()}`;
    },
    get canRetry() {
      return this.state === 'Polling' || (this.state === 'Connecting' && Boolean(this.reason));
    },
    get mustSignIn() {
      return this.refusal === 401;
    },
    get activityWords() {
      if (!this.stats) return '';
      const rate = this.stats.entries_per_second ?? 0;
      const lines = rate > 0 && rate < 10 ? rate.toFixed(1) : numberText(Math.round(rate));
      return `${lines} lines/s · ${countText(this.stats.active_users ?? 0, 'person', 'people')} watching`;
    },
  };
}

document.addEventListener('alpine:init', () => {
  globalThis.Alpine.data('jobsList', jobsList);
});
