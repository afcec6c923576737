// What every log viewer is made of: a stream, the entries that it reads and the view of them, filters, and words for how
// it stands.
import { filtering } from './filters/filtering.mjs';
import { menus } from './menus/menus.mjs';
import { viewMenu } from './rows/view-menu.mjs';
import { findBar } from './find/bar.mjs';
import { Finder } from './find/finder.mjs';
import { EntryStore } from './window/entry-store.mjs';
import { navigation } from './window/navigation.mjs';
import { LogViewport } from './window/viewport.mjs';
import { Countdown, reasonText, signInAddress, standingOf } from '../lib/refusals.mjs';
import { combined } from '../lib/members.mjs';
import { showingText, stateText } from '../lib/words.mjs';
import { tools } from './lines/tools.mjs';

const SEARCH_PAUSE_MS = 250; // a search begins when the typing pauses, not with every letter

/**
 * An Alpine component's members. The component adds its own and calls `startViewer` and `stopViewer` from `init` and
 * `destroy`. Its markup has the refs `log` (scrolls) and `lines` (takes the rows).
 *
 * Stream, store and viewport stay outside of the component's data: Alpine would watch every entry in them. So `store` and
 * `viewport` are methods: what a getter gives, Alpine wraps.
 */
export function logViewer() {
  let stream = null;
  let flat = null; // all matching entries, in their order
  let store = null; // what is shown of them: the same, or by steps
  let viewport = null;
  let finder = null;
  let searchTimer = null;
  let countdown = null;

  return combined([navigation(), filtering(), tools(), menus(), viewMenu(), findBar()].reduce(combined), {
    state: 'Idle',
    reason: '',
    error: null,
    retryAt: 0,
    clock: 0, // it goes while the reader waits for a moment
    refusal: 0,
    isPollingChosen: false,
    shown: 0, // lines that can be scrolled to
    rows: 0, // in the document
    matching: 0,
    total: 0,
    hasAnswered: false,
    isFolded: false,
    showsJob: false,
    clearedTo: 0, // an id: lines up to it are not shown

    /** `open(options)` makes the stream, not yet connected. */
    startViewer(open, callbacks) {
      countdown = new Countdown((now) => {
        this.clock = now;
      });
      stream = open({
        filters: this.streamFilters(),
        onLogs: (entries, meta) => this.showEntries(entries, meta),
        onReset: () => this.dropEntries(),
        onState: () => this.readState(),
        ...callbacks,
      });
      this.startRows();
      if (!this.isFolded) this.attachViewport();
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
      this.detachViewport();
    },

    /** The entries by place; null while the viewer is folded. */
    store() {
      return store;
    },

    /** The view of them; null while the viewer is folded. */
    viewport() {
      return viewport;
    },

    /** Shows what the stream holds, from now on as it comes. A viewer that `isFolded` does so when it is opened. */
    attachViewport() {
      flat = new EntryStore({
        readPage: (page) => stream.readPage(page),
        findPlace: (wanted) => stream.findPlace(wanted),
      });
      this.openView();
      this.refill();
    },

    openView() {
      store = this.viewedStore(flat, stream);
      viewport = new LogViewport(this.$refs.log, this.$refs.lines, store, {
        view: () => this.rowView(),
        buildHead: (item) => this.buildHead(item),
        coverOf: (item) => this.coverOf(item),
        onFollow: (isFollowing) => this.follow(isFollowing),
        onRender: ({ size, missed }) => this.rendered(size, missed),
      });
      this.attachTools(viewport);
      finder = this.openFinder();
    },

    closeView() {
      finder?.close();
      if (viewport) this.detachTools();
      viewport?.destroy();
      this.forgetSections();
      finder = null;
      viewport = null;
      store = null;
      this.follow(true);
    },

    /** The same entries in another way. */
    showAnew() {
      if (!flat) return;
      this.closeView();
      this.openView();
    },

    /** What of all entries is shown, and how; a component may show them in another way. */
    viewedStore(entries) {
      return entries;
    },

    forgetSections() {},

    noteView() {},

    coverOf() {
      return 0;
    },

    openFinder() {
      const made = new Finder({
        stream,
        view: {
          topId: () => viewport.firstEntryInView?.id,
          forEachRow: (callback) => viewport.forEachRow(callback),
          rowOf: (id) => this.rowOf(id),
          onMarked: (row) => this.paintRow(row),
          show: async ({ id }) => this.showEntry({ id, place: store.placeOf(id) ?? (await store.locate({ id })) }),
        },
        onChange: (now) => this.showFinding(now),
      });
      viewport.decorators.add(made.decorate);
      return made;
    },

    /** The row of the entry with this id, when it is in the document. */
    rowOf(id) {
      const place = store.placeOf(id);
      return place === null ? null : viewport.rowAt(place);
    },

    /** What finds in the log; null while the viewer is folded. */
    finder() {
      return finder;
    },

    detachViewport() {
      this.closeView();
      flat?.destroy();
      flat = null;
    },

    /** Begins anew with what the stream holds. */
    refill() {
      const { hasOlder, displayedCount } = stream.getState();
      flat?.clear(this.clearedTo);
      viewport?.jumpToEnd();
      if (this.hasAnswered) flat?.append(stream.entries, { matching: displayedCount, hasOlder });
    },

    rendered(size, missed) {
      const { known } = store;
      if (this.rows !== size) this.rows = size;
      if (this.shown !== known) this.shown = known;
      this.noteMissed(missed);
      this.noteView();
    },

    /** What of the filters goes to the server; a component may add to it. */
    streamFilters() {
      return { ...this.filters };
    },

    showEntries(entries, { displayed_count: matching, has_more: hasOlder }) {
      const isFirst = !this.hasAnswered;
      flat?.append(entries, { matching, hasOlder });
      finder?.noteNews();
      this.hasAnswered = true;
      this.readState();
      if (isFirst) this.opened();
    },

    /** The first entries are here. */
    opened() {},

    dropEntries() {
      flat?.clear(this.clearedTo);
      viewport?.jumpToEnd();
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
    },

    /** A component that keeps its filters somewhere says so here. */
    rememberFilters() {},

    applyFilters() {
      clearTimeout(searchTimer);
      this.rememberFilters();
      this.renewTools();
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

    /** Whether rows say of which job they are, from now on. */
    showJobs(showsJob) {
      this.showsJob = showsJob;
      this.redraw();
    },

    /** Draws all rows anew, as the reader likes them now. */
    redraw() {
      viewport?.redraw();
    },

    retryNow() {
      stream.reconnect();
    },

    togglePolling() {
      if (this.state === 'Polling') stream.reconnect();
      else stream.usePolling();
    },

    get logClass() {
      return this.selectedClass;
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
    get isEmpty() {
      return this.hasAnswered && this.shown === 0 && this.matching === 0;
    },
    get emptyWords() {
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
    get signInHref() {
      return this.mustSignIn ? signInAddress() : '';
    },
  });
}
