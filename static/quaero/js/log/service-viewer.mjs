// The panel at the foot of every page: the log of the whole service.
import { LEVELS, createStream } from '../log-stream.mjs';
import { NO_JOB_FILTERS } from '../jobs/filters.mjs';
import { address, api } from '../lib/addresses.mjs';
import { keep, kept } from '../lib/kept.mjs';
import { addActions } from '../keyboard/page.mjs';
import { NO_FILTERS, otherFilters, saidFilters } from './filters/address.mjs';
import { chipsOf, refusedFilters } from './filters/chips.mjs';
import { serviceLogActions } from './log-actions.mjs';
import { logViewer } from './viewer.mjs';
import { slotFor } from '../shared-streams/slot.mjs';
import { SharedServiceStream } from '../shared-streams/service-stream.mjs';
import { unreadOf, unreadText } from './unread.mjs';
import { combined } from '../lib/members.mjs';
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
  if (hasPageALog()) return {};
  return Object.fromEntries(ownFilters(otherFilters(location.search, saidFilters())));
}

function hasPageALog() {
  return document.querySelector('.log-panel') !== null;
}

/** Those that neither a control of the panel nor the jobs list has. */
function ownFilters(filters) {
  const isTaken = (name) => Object.hasOwn(NO_JOB_FILTERS, name) || Object.hasOwn(NO_FILTERS, name);
  return Object.entries(filters).filter(([name, value]) => value && !isTaken(name));
}

export function serviceLogViewer() {
  let stream = null;
  let slot = null; // of a stream of its own
  let returningTo = null; // the id of a line
  let forget = null; // the panel's actions

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
      forget = addActions(serviceLogActions(this, this.$el));
      this._remember = () => this.remember();
      globalThis.addEventListener('pagehide', this._remember);
    },

    destroy() {
      globalThis.removeEventListener('pagehide', this._remember);
      forget();
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
      if (this.hasChips) {
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

    logAddress() {
      return api('service/logs');
    },

    /** In the address of a page that has no log of its own, beside what is the page's. */
    rememberFilters() {
      const params = new URLSearchParams(location.search);
      for (const name of Object.keys(addressedFilters())) params.delete(name);
      for (const [name, value] of ownFilters(this.filters)) params.set(name, value);
      const query = params.toString();
      const href = location.pathname + (query && `?${query}`) + location.hash;
      if (!hasPageALog()) history.replaceState(history.state, '', href);
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

    /** All tabs share the stream of a level; a tab with further filters has one of its own. */
    applyFilters() {
      this.rememberFilters();
      this.renewTools();
      if (this.hasChips === Boolean(slot)) return stream.reconnect(this.streamFilters());
      slot?.close();
      slot = null;
      this.dropEntries();
      this.stopViewer();
      this.startViewer((options) => this.openStream(options));
      return undefined;
    },

    clearFilters() {
      const { level: chosen, limit } = this.filters;
      this.filters = { ...NO_FILTERS, level: chosen, limit };
      this.applyFilters();
    },

    /** The level has a control of its own, and always one. */
    get chips() {
      return chipsOf({ ...this.filters, level: '' }, this.filterWords(), refusedFilters(this.error));
    },
    get hasChips() {
      return this.chips.length > 0;
    },
    get isHidingAll() {
      return false; // of all that is logged, something may match at any time
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
      if (this.hasChips) return 'No line matches these filters yet.';
      return 'Nothing at this level yet. Lines of all jobs appear here as they come.';
    },
    get isEmpty() {
      return this.hasAnswered && this.shown === 0;
    },
  });
}
