// What every log viewer is made of: a stream, the surface that shows it, filters, and words for how it stands.
import { LogSurface } from './log-surface.mjs';
import { NO_FILTERS, areFiltering } from './log-filters.mjs';
import { showingText, stateText } from './words.mjs';

const SEARCH_PAUSE_MS = 250; // a search begins when the typing pauses, not with every letter

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

  return {
    filters: { ...NO_FILTERS },
    state: 'Idle',
    reason: '',
    refusal: 0,
    isPollingChosen: false,
    shown: 0,
    matching: 0,
    total: 0,
    dropped: 0,
    hasOlder: false,
    hasAnswered: false,
    isLoadingOlder: false,
    olderProblem: '',
    isFollowing: true,

    /** `open(options)` makes the stream, not yet connected. */
    startViewer(open, callbacks) {
      stream = open({
        filters: this.streamFilters(),
        onLogs: (entries) => this.showEntries(entries),
        onReset: () => this.dropEntries(),
        onState: () => this.readState(),
        ...callbacks,
      });
      surface = new LogSurface(this.$refs.log, this.$refs.lines, {
        maxRows: stream.getState().capacity,
        onFollow: (isFollowing) => { this.isFollowing = isFollowing; },
        onRender: (size) => { this.shown = size; },
      });
      stream.connect();
    },

    stopViewer() {
      clearTimeout(searchTimer);
      stream.disconnect();
      surface.destroy();
    },

    /** What of the filters goes to the server; a component may add to it. */
    streamFilters() {
      return { ...this.filters };
    },

    showEntries(entries) {
      surface.append(entries);
      this.hasAnswered = true;
      this.readState();
    },

    dropEntries() {
      surface.clear();
      this.hasAnswered = false;
      this.readState();
    },

    readState() {
      if (!stream) return; // the first state comes while the stream is being made
      const now = stream.getState();
      this.state = now.state;
      this.reason = now.reason;
      this.refusal = now.error?.status ?? 0;
      this.isPollingChosen = now.isPollingChosen;
      this.matching = now.displayedCount;
      this.total = now.totalCount;
      this.dropped = now.dropped;
      this.hasOlder = now.hasOlder;
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

    clearFilters() {
      this.filters = { ...NO_FILTERS, limit: this.filters.limit };
      this.applyFilters();
    },

    async loadOlder() {
      this.isLoadingOlder = true;
      this.olderProblem = '';
      try {
        surface.prepend(await stream.loadOlder(this.filters.limit));
      } catch (error) {
        this.olderProblem = error.message;
      }
      this.isLoadingOlder = false;
      this.readState();
    },

    jumpToEnd() {
      surface.jumpToEnd();
    },

    retryNow() {
      stream.reconnect();
    },

    togglePolling() {
      if (this.state === 'Polling') stream.reconnect();
      else stream.usePolling();
    },

    get isFiltering() {
      return areFiltering(this.filters);
    },
    get stateWords() {
      return stateText(this.state, this.reason);
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
      return this.state === 'Connecting' && Boolean(this.reason);
    },
    get showingWords() {
      const { shown, matching, total, isFiltering } = this;
      return showingText({ shown, matching, total, isFiltering });
    },
    get isBehind() {
      return !this.isFollowing;
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
      return this.refusal === 401;
    },
    get olderWords() {
      return this.isLoadingOlder ? 'Loading…' : 'Load older lines';
    },
  };
}
