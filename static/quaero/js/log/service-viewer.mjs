// The panel at the foot of every page: the log of the whole service.
import { LEVELS, createStream } from '../log-stream.mjs';
import { NO_JOB_FILTERS } from '../jobs/filters.mjs';
import { address } from '../lib/addresses.mjs';
import { keep, kept } from '../lib/kept.mjs';
import { otherFilters, saidFilters } from './filters.mjs';
import { combined, logViewer } from './viewer.mjs';
import { slotFor } from '../shared-streams/slot.mjs';
import { SharedServiceStream } from '../shared-streams/service-stream.mjs';
import { unreadOf, unreadText } from './unread.mjs';
import { numberText } from '../lib/words.mjs';

const LEVEL = 'quaero.service.level'; // of the browser: all tabs share one stream
const SEEN = 'quaero.service.seen'; // the newest entry that was on a screen, in whichever tab
const PANEL = 'quaero.service.panel'; // of the tab: {isOpen, anchor, clearedTo}
const DEFAULT_LEVEL = 'info';
const OWN_ROWS = 1000; // held of a stream of its own, as of the shared one

const level = () => {
  const chosen = kept('localStorage', LEVEL, DEFAULT_LEVEL);
  return LEVELS.includes(chosen) ? chosen : DEFAULT_LEVEL;
};

/** Filters in the page's address that are the panel's: not where the page has a log of its own, nor those that the jobs
 *  list has. */
function addressedFilters() {
  if (document.querySelector('.log-panel')) return {};
  const given = Object.entries(otherFilters(location.search, saidFilters()));
  return Object.fromEntries(given.filter(([name]) => !Object.hasOwn(NO_JOB_FILTERS, name)));
}

export function serviceLogViewer() {
  let stream = null;
  let slot = null; // of a stream of its own
  let returningTo = null; // the id of a line

  return combined(logViewer(), {
    isFolded: true,
    showsJob: true,
    clearedTo: 0,
    unread: 0,
    hasErrors: false,

    init() {
      const panel = kept('sessionStorage', PANEL, {});
      this.clearedTo = panel.clearedTo ?? 0;
      this.filters = { ...this.filters, level: level(), limit: 200, ...addressedFilters() };
      this.startViewer((options) => this.openStream(options));
      if (panel.isOpen || slot) this.unfold(panel.anchor);
      this._remember = () => this.remember();
      globalThis.addEventListener('pagehide', this._remember);
    },

    destroy() {
      globalThis.removeEventListener('pagehide', this._remember);
      slot?.close();
      this.stopViewer();
    },

    openStream({ filters, onLogs, onReset, onState }) {
      const callbacks = {
        onReset,
        onState,
        onLogs: (entries, meta) => {
          onLogs(entries, meta);
          this.countUnread();
        },
      };
      if (this.otherFilters.length > 0) {
        // The tabs' shared stream has no filters but the level, so this tab needs its own.
        stream = createStream(address('service_log_stream'), { filters, maxBufferSize: OWN_ROWS, ...callbacks });
        slot = slotFor(stream);
        return stream;
      }
      stream = new SharedServiceStream({
        level,
        ...callbacks,
        onLevel: (chosen) => {
          this.filters.level = chosen;
        },
      });
      return stream;
    },

    connectStream() {
      if (slot) slot.open();
      else stream.connect();
    },

    /** Takes filters that were removed out of the address, in which others are the page's own. */
    rememberFilters() {
      const params = new URLSearchParams(location.search);
      const removed = Object.keys(addressedFilters()).filter((name) => !Object.hasOwn(this.filters, name));
      for (const name of removed) params.delete(name);
      const query = params.toString();
      if (removed.length) history.replaceState(null, '', location.pathname + (query && `?${query}`) + location.hash);
    },

    toggle() {
      if (this.isFolded) this.unfold();
      else this.fold();
    },

    unfold(anchor = null) {
      this.isFolded = false;
      this.$nextTick(() => {
        this.attachViewport();
        this.countUnread();
        returningTo = anchor;
        this.remember();
        if (this.hasAnswered) this.opened();
        if (!anchor) this.$refs.log.focus({ preventScroll: true });
      });
    },

    fold() {
      this.detachViewport();
      this.isFolded = true;
      this.rows = 0;
      this.shown = 0;
      this.remember();
      this.$refs.toggle.focus();
    },

    /** Back to the line that was at the top on the page before. */
    opened() {
      const id = returningTo;
      returningTo = null;
      if (id && this.store()) this.goTo({ id }, 'start');
    },

    remember() {
      const panel = { isOpen: !this.isFolded, anchor: this.anchor(), clearedTo: this.clearedTo };
      keep('sessionStorage', PANEL, panel);
    },

    /** Where a reader who left the end is: an entry's id. */
    anchor() {
      return returningTo ?? (this.isFollowing ? null : (this.viewport()?.firstInView?.id ?? null));
    },

    /** An open panel has everything seen; on the first visit there is nothing to be behind with. */
    countUnread() {
      const newest = stream.entries.at(-1)?.id;
      const seen = kept('localStorage', SEEN, null);
      if (newest !== undefined && (seen === null || (!this.isFolded && seen < newest)))
        keep('localStorage', SEEN, newest);
      const { count, hasErrors } = unreadOf(this.isFolded ? stream.entries : [], seen ?? newest ?? 0);
      this.unread = count;
      this.hasErrors = hasErrors;
    },

    clearShown() {
      this.clearedTo = stream.entries.at(-1)?.id ?? this.clearedTo;
      this.refill();
      this.remember();
    },

    showCleared() {
      this.clearedTo = 0;
      this.refill();
      this.remember();
    },

    setLevel(event) {
      this.filters.level = event.currentTarget.value;
      keep('localStorage', LEVEL, this.filters.level);
      this.applyFilters();
    },

    pressKey(event) {
      const [target] = event.composedPath(); // in the admin within a shadow tree, whose host the event names
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, textarea')) return;
      if (event.key === 'l') this.toggle();
    },

    get isOpen() {
      return !this.isFolded;
    },
    get panelClass() {
      return this.isFolded ? '' : 'service-open';
    },
    get toggleState() {
      return String(!this.isFolded);
    },
    get hasUnread() {
      return this.unread > 0;
    },
    get unreadWords() {
      return `${unreadText(this.unread)} new`;
    },
    get isCleared() {
      return this.clearedTo > 0;
    },
    get countWords() {
      return `${numberText(this.rows)} / ${numberText(this.matching)} (${numberText(this.total)})`;
    },
    get emptyWords() {
      if (this.isCleared) return 'Cleared. New lines appear here as they come.';
      if (this.otherFilters.length > 0) return 'No line matches these filters yet.';
      return 'Nothing at this level yet. Lines of all jobs appear here as they come.';
    },
    get isEmpty() {
      return this.hasAnswered && this.shown === 0;
    },
  });
}
