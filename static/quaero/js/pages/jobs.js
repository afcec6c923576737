// The list of jobs as an Alpine component.
import {
  BETWEEN,
  NO_JOB_FILTERS,
  STATUSES,
  apiFilters,
  areFilteringJobs,
  readJobFilters,
  writeJobFilters,
} from '../jobs/filters.mjs';
import { describeJob } from '../jobs/summary.mjs';
import { JobTable } from '../jobs/table.mjs';
import { FAILED_LATELY, countFailedLately, describeSessions, describeStats } from '../jobs/stats.mjs';
import { jobsSubscription, readJobs } from '../jobs/live-list.mjs';
import { addActions } from '../keyboard/page.mjs';
import { Countdown, reasonText, refusalText, signInAddress } from '../lib/refusals.mjs';
import { capitalised, numberText, stateText } from '../lib/words.mjs';
import { WorkerWatch, waitingText } from '../jobs/workers.mjs';
import { Rates } from '../pictures/rates.mjs';
import { readRecentRates } from '../pictures/recent-rates.mjs';

const PAGE_ROWS = 50;
const MOST_ROWS = 1000; // in one request, when a long list is read again
const SPARE_ROWS = 200; // over the most, before a list that is open for days lets its oldest rows go
const CLOCK_MS = 1000;
const SEARCH_PAUSE_MS = 250;
const RETRY_MS = 5000; // after a list that could not be read
const MARKED_FOR_MS = 2500; // how long a new or changed row is marked
const FAILURES_MS = 60000; // failures grow old without any news

export function jobsList() {
  const table = new JobTable();
  const news = new Set(); // jobs with news while a page is being read, which has older rows of them
  const marked = new Map(); // since when, and as what, by id
  const rates = new Rates();
  const drawn = new Map(); // rows as they stand on the page, by id
  let connection = null;
  let workers = null; // looked at while jobs wait
  let clock = null;
  let failures = null;
  let searchTimer = null;
  let retryTimer = null;
  let frame = null;
  let reading = 0;
  let countdown = null;
  let forget = null; // the page's actions

  return {
    rows: [],
    counts: {},
    stats: null,
    failedLately: null,
    filters: { ...NO_JOB_FILTERS },
    state: 'Idle',
    reason: '',
    error: null,
    retryAt: 0,
    clock: 0, // it goes while the reader waits for a moment
    refusal: 0,
    isLoaded: false,
    isLoadingMore: false,
    hasMore: false,
    problem: '',
    problemStatus: 0,
    waiting: '',

    init() {
      this.filters = readJobFilters(location.search);
      countdown = new Countdown((now) => {
        this.clock = now;
      });
      connection = jobsSubscription({
        onSubscribed: () => this.readFirst(),
        onPoll: () => this.readFirst(),
        onStats: (stats) => this.showStats(stats),
        onJob: (job, isNew) => this.takeNews(job, isNew),
        onDeleted: (id) => this.remove(id),
        onState: (standing) => this.showState(standing),
      });
      workers = new WorkerWatch({
        onWorkers: (answer) => {
          this.waiting = waitingText(answer);
        },
      });
      clock = setInterval(() => this.tick(), CLOCK_MS);
      failures = setInterval(() => this.readFailures(), FAILURES_MS);
      this.addActions();
      connection.open();
      this.readFirst(); // what is there can be shown before the stream has begun
      this.readFailures();
    },

    destroy() {
      forget();
      countdown.stop();
      clearInterval(clock);
      clearInterval(failures);
      clearTimeout(searchTimer);
      clearTimeout(retryTimer);
      cancelAnimationFrame(frame);
      workers.close();
      connection.close();
    },

    /** Reads the list from the top, as far down as it was read before. */
    async readFirst() {
      clearTimeout(retryTimer);
      reading += 1;
      const turn = reading;
      news.clear();
      const limit = Math.min(MOST_ROWS, Math.max(PAGE_ROWS, table.rows.length));
      table.filters = apiFilters(this.filters, Date.now());
      try {
        const page = await readJobs(table.filters, limit);
        if (turn !== reading) return;
        table.loadFirst(page, news, table.size > MOST_ROWS + SPARE_ROWS);
        for (const job of page.jobs) rates.begin(job, Date.now());
        rates.keepOnly(table.rows);
        readRecentRates(rates, page.jobs).then(() => this.showSoon());
        drawn.clear();
        this.counts = page.counts;
        this.problem = '';
        this.isLoaded = true;
        if (this.mustSignIn) connection.retry(); // the reader has signed in, in another tab
      } catch (error) {
        if (turn !== reading) return;
        this.refuse(error);
        retryTimer = setTimeout(() => this.readFirst(), RETRY_MS);
      }
      this.show();
    },

    refuse(error) {
      this.problem = refusalText(error);
      this.problemStatus = error.status;
    },

    async loadMore() {
      this.isLoadingMore = true;
      const wanted = this.filters;
      try {
        const page = await readJobs(table.filters, PAGE_ROWS, table.next);
        if (wanted === this.filters) table.loadMore(page);
        this.problem = '';
      } catch (error) {
        this.refuse(error);
      }
      this.isLoadingMore = false;
      this.show();
    },

    async readFailures() {
      if (document.hidden) return;
      try {
        this.failedLately = await countFailedLately(Date.now());
      } catch {
        this.failedLately = null; // the list says what is wrong
      }
    },

    remove(id) {
      rates.forget(id);
      if (table.remove(id)) this.showSoon();
    },

    takeNews(job, isNew) {
      news.add(job.id);
      if (!table.apply(job)) return;
      rates.take(job, Date.now());
      this.mark(job.id, isNew);
      this.showSoon();
      if (isNew && table.size > MOST_ROWS + SPARE_ROWS) this.readFirst();
    },

    /** A new row that changes at once is still a new one. */
    mark(id, isNew) {
      const wasNew = marked.get(id)?.className === 'is-new';
      if (isNew || !wasNew) marked.set(id, { since: Date.now(), className: isNew ? 'is-new' : 'is-updated' });
    },

    showStats(stats) {
      const after = stats.by_status;
      const before = this.stats?.by_status ?? after;
      this.stats = stats;
      this.watchWorkers(after.pending);
      if (before.failed !== after.failed) this.readFailures();
      const { status, ...others } = this.filters;
      if (!areFilteringJobs(others)) this.counts = after;
      else if (STATUSES.some((name) => before[name] !== after[name])) this.readFirst(); // such counts are the server's
    },

    watchWorkers(pending) {
      if (pending) workers.open();
      else workers.close();
      if (!pending) this.waiting = '';
    },

    showState({ state, reason, status, error, retryAt }) {
      if (this.retryAt !== retryAt) countdown.until(retryAt);
      Object.assign(this, { state, reason, error, retryAt, refusal: status });
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
      if (marked.size || this.rows.some((row) => row.isActive)) this.show();
    },

    show() {
      const now = Date.now();
      for (const [id, { since }] of marked) if (now - since > MARKED_FOR_MS) marked.delete(id);
      this.rows = table.tree.map(({ job, depth }) => this.rowOf(job, depth, now));
      this.hasMore = table.next !== null;
    },

    /** The row's own object while nothing in it changed, which is what Alpine goes by: of a thousand rows it looks at
     *  those that differ. */
    rowOf(job, depth, now) {
      const rowClass = [marked.get(job.id)?.className, depth && `depth-${Math.min(depth, 6)}`]
        .filter(Boolean)
        .join(' ');
      const rate = rates.describe(job.id, now);
      const row = { ...describeJob(job, now), rowClass, rate: rate?.points ?? '', rateWords: rate?.words ?? '' };
      const text = JSON.stringify(row);
      if (drawn.get(job.id)?.text !== text) drawn.set(job.id, { text, row });
      return drawn.get(job.id).row;
    },

    chooseStatus(event) {
      this.applyFilters({ status: event.currentTarget.dataset.status });
    },

    setFilter(event) {
      const { name, value } = event.currentTarget;
      this.applyFilters({ [name]: value });
    },

    setSearch(event) {
      const q = event.currentTarget.value.trim();
      clearTimeout(searchTimer);
      searchTimer = setTimeout(() => this.applyFilters({ q }), SEARCH_PAUSE_MS);
    },

    clearFilters() {
      this.applyFilters(NO_JOB_FILTERS);
    },

    showFailedLately() {
      this.applyFilters(FAILED_LATELY);
    },

    submitSearch() {
      this.applyFilters({ q: this.$refs.search.value.trim() });
    },

    applyFilters(changed) {
      clearTimeout(searchTimer);
      this.filters = { ...this.filters, ...changed }; // another object: what was asked for under the old one is late
      history.replaceState(null, '', location.pathname + writeJobFilters(this.filters));
      table.restart();
      drawn.clear();
      this.isLoaded = false;
      this.show();
      this.readFirst();
    },

    retryNow() {
      connection.retry();
    },

    /** Leaves the field that the reader is in, too. */
    leaveFilters(event) {
      const field = event.target.closest?.('input, select, textarea');
      field?.blur();
      if (field || this.isFiltering) this.clearFilters();
    },

    addActions() {
      const group = 'Jobs';
      const search = { keys: ['/'], words: 'Search by name', group, run: () => this.$refs.search.focus() };
      const clear = { keys: ['Escape'], words: 'Clear the filters', group, isInFields: true };
      forget = addActions([search, { ...clear, run: (event) => this.leaveFilters(event) }]);
    },

    get facets() {
      const one = (status) => ({ status, text: capitalised(status), count: this.counts[status] ?? 0 });
      const each = STATUSES.map(one);
      const all = { status: '', text: 'All', count: each.reduce((sum, facet) => sum + facet.count, 0) };
      return [all, ...each].map((facet) => ({
        ...facet,
        countText: numberText(facet.count),
        dotClass: facet.status ? `status-dot status-${facet.status}` : '',
        pressed: String(facet.status === this.filters.status),
      }));
    },
    /** The kinds that there are, and the chosen one in any case. */
    get kinds() {
      const byKind = { ...this.stats?.by_kind };
      if (this.filters.kind) byKind[this.filters.kind] ??= 0;
      return Object.keys(byKind)
        .sort()
        .map((kind) => ({
          kind,
          text: `${kind} (${numberText(byKind[kind])})`,
          isChosen: kind === this.filters.kind,
        }));
    },
    get numbers() {
      return describeStats(this.stats, this.failedLately);
    },
    get sessions() {
      return describeSessions(this.stats, Date.now());
    },
    get isBetween() {
      return this.filters.created === BETWEEN;
    },
    get isFiltering() {
      return areFilteringJobs(this.filters);
    },
    get isLoading() {
      return !this.isLoaded && !this.problem;
    },
    get isOffline() {
      return Boolean(this.problem) && this.problemStatus !== 401;
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
      return stateText(this.state, reasonText(this, this.clock));
    },
    get stateClass() {
      return `state-${this.state.toLowerCase()}`;
    },
    get canRetry() {
      return this.state === 'Polling' || (this.state === 'Connecting' && Boolean(this.reason));
    },
    get mustSignIn() {
      return this.state === 'Refused' && this.refusal === 401;
    },
    get isSignedOut() {
      return this.mustSignIn || (Boolean(this.problem) && this.problemStatus === 401);
    },
    get signInHref() {
      return this.isSignedOut && this.filters ? signInAddress() : '';
    },
  };
}

document.addEventListener('alpine:init', () => {
  globalThis.Alpine.data('jobsList', jobsList);
});
