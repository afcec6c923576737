// What every log viewer is made of: a stream, the surface that shows it, filters, and words for how it stands.
import { LogSurface } from './surface.mjs';
import { viewMenu } from './rows/view-menu.mjs';
import { NO_FILTERS, areFiltering, describeOthers, withoutFilter } from './filters.mjs';
import { Countdown, reasonText, refusalText, signInAddress, standingOf } from '../lib/refusals.mjs';
import { countText, numberText, showingText, stateText } from '../lib/words.mjs';

const SEARCH_PAUSE_MS = 250; // a search begins when the typing pauses, not with every letter
const HELD_ROWS = 1000; // read at once, of those that came while the reader was away from the end

/** The members of `one` and `other` in one object, getters kept as getters. */
export function combined(one, other) {
  return Object.defineProperties(one, Object.getOwnPropertyDescriptors(other));
}

/**
 * An Alpine component's members. The component adds its own and calls `startViewer` and `stopViewer` from `init` and
 * `destroy`. Its markup has the refs `log` (scrolls) and `lines` (takes the rows).
 *
 * Stream and surface stay outside of the component's data: Alpine would watch every entry in them.
 */
export function logViewer() {
  let stream = null;
  let surface = null;
  let searchTimer = null;
  let countdown = null;

  return combined(viewMenu(), {
    filters: { ...NO_FILTERS },
    state: 'Idle',
    reason: '',
    error: null,
    retryAt: 0,
    clock: 0, // it goes while the reader waits for a moment
    refusal: 0,
    isPollingChosen: false,
    shown: 0,
    held: 0,
    missed: 0,
    matching: 0,
    total: 0,
    dropped: 0,
    hasOlder: false,
    hasAnswered: false,
    isLoadingOlder: false,
    olderProblem: '',
    isLoadingHeld: false,
    heldProblem: '',
    isFollowing: true,
    isFolded: false,
    showsJob: false,

    /** `open(options)` makes the stream, not yet connected. */
    startViewer(open, callbacks) {
      countdown = new Countdown((now) => {
        this.clock = now;
      });
      stream = open({
        filters: this.streamFilters(),
        onLogs: (entries) => this.showEntries(entries),
        onReset: () => this.dropEntries(),
        onState: () => this.readState(),
        ...callbacks,
      });
      this.startRows();
      if (!this.isFolded) this.attachSurface();
      this.connectStream(stream);
    },

    connectStream() {
      stream.connect();
    },

    stopViewer() {
      clearTimeout(searchTimer);
      countdown.stop();
      this.stopRows();
      stream.disconnect();
      this.detachSurface();
    },

    /** Shows what the stream holds, from now on as it comes. A viewer that `isFolded` does so when it is opened. */
    attachSurface() {
      surface = new LogSurface(this.$refs.log, this.$refs.lines, {
        maxRows: stream.getState().capacity,
        rowView: () => this.rowView(),
        onFollow: (isFollowing) => this.follow(isFollowing),
        onRender: ({ size, held, missed }) => Object.assign(this, { shown: size, held, missed }),
        onReturn: () => this.redraw(),
      });
      surface.append(this.wanted(stream.entries));
    },

    detachSurface() {
      surface?.destroy();
      surface = null;
      Object.assign(this, { held: 0, missed: 0 });
      this.follow(true);
    },

    follow(isFollowing) {
      this.isFollowing = isFollowing;
      this.readState();
    },

    /** Which of the entries that the stream holds are shown. */
    wanted(entries) {
      return entries;
    },

    /** What of the filters goes to the server; a component may add to it. */
    streamFilters() {
      return { ...this.filters };
    },

    showEntries(entries) {
      surface?.append(this.wanted(entries));
      this.hasAnswered = true;
      this.readState();
    },

    dropEntries() {
      surface?.clear();
      this.hasAnswered = false;
      this.readState();
    },

    readState() {
      if (!stream) return; // the first state comes while the stream is being made
      const now = stream.getState();
      this.state = now.state;
      this.reason = now.reason;
      this.error = standingOf(now).error;
      this.refusal = now.error?.status ?? 0;
      if (this.retryAt !== now.retryAt) countdown.until(now.retryAt);
      this.retryAt = now.retryAt;
      this.isPollingChosen = now.isPollingChosen;
      this.matching = now.displayedCount;
      this.total = now.totalCount;
      this.dropped = now.dropped;
      if (this.isFollowing) this.hasOlder = now.hasOlder; // or else it is said of what the surface shows
    },

    /** A component that keeps its filters somewhere says so here. */
    rememberFilters() {},

    applyFilters() {
      clearTimeout(searchTimer);
      this.rememberFilters();
      stream.reconnect(this.streamFilters());
    },

    setFilter(event) {
      const { name, value } = event.currentTarget;
      this.filters[name] = name === 'limit' ? Number(value) : value;
      this.applyFilters();
    },

    setSearch(event) {
      this.filters.search = event.currentTarget.value;
      clearTimeout(searchTimer);
      searchTimer = setTimeout(() => this.applyFilters(), SEARCH_PAUSE_MS);
    },

    submitSearch() {
      this.applyFilters();
    },

    removeFilter(event) {
      this.filters = withoutFilter(this.filters, event.currentTarget.dataset.filter);
      this.applyFilters();
    },

    clearFilters() {
      const { limit, children } = this.filters;
      this.filters = { ...NO_FILTERS, limit, children };
      this.applyFilters();
    },

    async loadOlder(count) {
      this.isLoadingOlder = true;
      this.olderProblem = '';
      try {
        await this.readOlder(Number.isInteger(count) ? count : this.filters.limit);
      } catch (error) {
        this.olderProblem = refusalText(error);
      }
      this.isLoadingOlder = false;
      this.readState();
    },

    /** What the stream has let go of while the reader was away from the end is before what it holds, and shown. */
    async readOlder(count) {
      const [first] = surface?.ends ?? [null];
      if (first === null || first === stream.entries[0]?.id) {
        surface?.prepend(this.wanted(await stream.loadOlder(count)));
        this.hasOlder = stream.getState().hasOlder;
        return;
      }
      const { logs, meta } = await stream.readPage({ before: first, limit: count });
      if (surface?.ends[0] !== first) return; // it was drawn anew meanwhile
      surface.prepend(this.wanted(logs));
      this.hasOlder = meta.has_more;
    },

    /** Goes on reading after the last row, without going to the end. */
    async loadHeld() {
      this.isLoadingHeld = true;
      this.heldProblem = '';
      const last = surface.ends[1];
      try {
        const { logs } = await stream.readPage({ since: last, limit: HELD_ROWS });
        if (surface?.ends[1] === last) surface.appendHeld(this.wanted(logs));
      } catch (error) {
        this.heldProblem = refusalText(error);
      }
      this.isLoadingHeld = false;
    },

    /** Whether rows say of which job they are, from now on. */
    showJobs(showsJob) {
      this.showsJob = showsJob;
    },

    /** Draws everything anew. */
    redraw() {
      surface?.clear();
      surface?.append(this.wanted(stream.entries));
    },

    /** Where a reader who left the end is: an entry's id. */
    anchor() {
      return surface?.anchor ?? null;
    },

    returnTo(anchor) {
      surface?.returnTo(anchor);
    },

    whenDrawn(callback) {
      surface?.whenDrawn(callback);
    },

    jumpToEnd() {
      surface?.jumpToEnd();
    },

    retryNow() {
      stream.reconnect();
    },

    togglePolling() {
      if (this.state === 'Polling') stream.reconnect();
      else stream.usePolling();
    },

    get logClass() {
      return '';
    },
    get hasOlderToShow() {
      return this.hasOlder;
    },
    get isFiltering() {
      return areFiltering(this.filters);
    },
    /** Those that the address has, and the page no control for. */
    get otherFilters() {
      return describeOthers(this.filters);
    },
    get reasonWords() {
      return reasonText(this, this.clock);
    },
    get stateWords() {
      return stateText(this.state, this.reasonWords);
    },
    get stateClass() {
      return `state-${this.state.toLowerCase()}`;
    },
    get canSwitch() {
      return this.state === 'Live' || this.state === 'Polling';
    },
    get switchWords() {
      return this.state === 'Polling' ? 'Go live' : 'Poll instead';
    },
    get canRetry() {
      return (this.state === 'Connecting' && Boolean(this.reason)) || (this.isRefused && this.refusal !== 404);
    },
    get showingWords() {
      const { shown, matching, total, isFiltering } = this;
      return showingText({ shown, matching, total, isFiltering });
    },
    get isBehind() {
      return !this.isFollowing;
    },
    get jumpWords() {
      return this.missed ? `Jump to the end ↓ · ${numberText(this.missed)} new` : 'Jump to the end ↓';
    },
    get isEmpty() {
      return this.hasAnswered && this.shown === 0 && this.matching === 0;
    },
    get emptyWords() {
      if (this.isFiltering && this.total > 0) return 'No line matches these filters.';
      if (this.state === 'Ended') return 'This job logged nothing.';
      return 'Nothing has been logged yet. Lines appear here as they come.';
    },
    get isLoading() {
      return !this.hasAnswered && ['Connecting', 'Live'].includes(this.state);
    },
    get isRefused() {
      return this.state === 'Refused';
    },
    get mustSignIn() {
      return this.isRefused && this.refusal === 401;
    },
    get hasHeld() {
      return this.held > 0;
    },
    get heldWords() {
      return `${countText(this.held, 'newer line')} not shown here`;
    },
    get heldButtonWords() {
      return this.isLoadingHeld ? 'Loading…' : 'Load the next ones';
    },
    get signInHref() {
      return this.mustSignIn ? signInAddress() : '';
    },
    get olderWords() {
      return this.isLoadingOlder ? 'Loading…' : 'Load older lines';
    },
  });
}
