// Finds in a log, all of whose lines stay: goes from match to match, and marks those on screen.
import { refusalText } from '../../lib/refusals.mjs';
import { placesOf } from '../marks/finding.mjs';
import { markSpans, unmark } from './marking.mjs';
import { FindSession } from './session.mjs';

const TYPING_PAUSE_MS = 200;
const RECOUNT_MS = 1000; // while the log grows
const ROWS_PAUSE_MS = 30; // rows come in numbers, and are asked about at once
const MOST_SPANS = 100; // of one line, as the server gives
const MOST_REMEMBERED = 5000; // entries

export const MARK = 'log-found';
const CURRENT = 'log-found-current';

export class Finder {
  /** `stream` as of a FindSession. `view` is what the log is seen by: `topId()` of the first entry in sight, `show(match)`,
   *  `forEachRow((row, entry) => {})` of those in the document, `rowOf(id)`, and `onMarked(row)`, whose text has other nodes now. `onChange(finder)` after every news. */
  constructor({ stream, view, onChange }) {
    Object.assign(this, { _stream: stream, _view: view, _onChange: onChange });
    this.query = null; // {find, case, regex}
    this.problem = '';
    this.isSearching = false;
    this._session = null;
    this._timers = {};
    this._spans = new Map(); // of matches of an expression, by id
    this._asked = new Set(); // ids whose spans are to be asked for
    this.decorate = (row, entry) => this._decorate(row, entry);
  }

  get current() {
    return this._session?.current ?? null;
  }

  get rank() {
    return this._session?.rank ?? null;
  }

  get total() {
    return this._session?.total ?? null;
  }

  get note() {
    return this._session?.note ?? '';
  }

  /** Begins to search when the typing pauses; at once without a pause. An empty text ends the search. */
  search(query, pauseMs = TYPING_PAUSE_MS) {
    this._end();
    this.query = query.find ? query : null;
    this.isSearching = this.query !== null;
    this._onChange(this);
    if (this.query) this._timers.typing = setTimeout(() => this._begin(), pauseMs);
  }

  close() {
    this._end();
    this.query = null;
    this.isSearching = false;
    this._onChange(this);
  }

  next() {
    return this._go((session) => session.next());
  }

  previous() {
    return this._go((session) => session.previous());
  }

  /** The log has grown: there may be more. */
  noteNews() {
    if (!this._session || this._timers.recount) return;
    this._timers.recount = setTimeout(() => {
      this._timers.recount = null;
      this._count();
    }, RECOUNT_MS);
  }

  async _begin() {
    const session = new FindSession(this._stream, this.query);
    this._session = session;
    await this._go(() => session.begin(this._view.topId() ?? 0));
    if (session.isOver || this.problem) return;
    this._view.forEachRow(this.decorate);
    await this._count();
  }

  async _go(move) {
    const session = this._session;
    if (!session) return;
    this.isSearching = true;
    this._onChange(this);
    await this._guarded(session, async () => {
      const match = await move(session);
      if (session.isOver) return;
      if (match) {
        this._spans.set(match.id, match.spans);
        await this._view.show(match);
      }
      this._markCurrent();
      if (match && session.rank === null && session.total !== null) await session.count();
    });
    if (session.isOver) return;
    this.isSearching = false;
    this._onChange(this);
  }

  async _count() {
    const session = this._session;
    if (!session) return;
    await this._guarded(session, () => session.count());
    if (!session.isOver) this._onChange(this);
  }

  /** What is refused is said where the text is typed. */
  async _guarded(session, act) {
    try {
      await act();
      if (!session.isOver) this.problem = '';
    } catch (error) {
      if (!session.isOver) this.problem = refusalText(error);
    }
  }

  _end() {
    for (const timer of Object.values(this._timers)) clearTimeout(timer);
    this._timers = {};
    this._session?.close();
    this._session = null;
    this._spans.clear();
    this._asked.clear();
    this.problem = '';
    this._view.forEachRow((row) => {
      clear(row);
      this._view.onMarked(row);
    });
  }

  _decorate(row, entry) {
    if (!this._session || this.problem) return;
    const { find, case: isCaseSensitive, regex } = this.query;
    const spans = regex ? this._spans.get(entry.id) : placesOf(entry.message, find, MOST_SPANS, isCaseSensitive);
    if (spans) this._mark(row, entry.id, spans);
    else this._askFor(entry.id);
  }

  _mark(row, id, spans) {
    clear(row);
    if (spans.length) markSpans(row.querySelector(':scope > .log-message'), spans, MARK);
    row.classList.toggle(CURRENT, id === this.current?.id);
    this._view.onMarked(row);
  }

  _markCurrent() {
    const { current } = this;
    this._view.forEachRow((row, { id }) => row.classList.toggle(CURRENT, id === current?.id));
  }

  /** Which lines an expression matches, the server knows. */
  _askFor(id) {
    this._asked.add(id);
    this._timers.rows ??= setTimeout(() => this._readSpans(), ROWS_PAUSE_MS);
  }

  async _readSpans() {
    this._timers.rows = null;
    const session = this._session;
    const ids = [...this._asked];
    this._asked.clear();
    if (!session || !ids.length) return;
    await this._guarded(session, async () => {
      const found = await session.spansBetween(Math.min(...ids), Math.max(...ids));
      if (session.isOver) return;
      if (this._spans.size > MOST_REMEMBERED) this._spans.clear();
      for (const id of ids) this._spans.set(id, found.get(id) ?? []);
      for (const id of ids) {
        const row = this._view.rowOf(id);
        if (row) this._mark(row, id, this._spans.get(id));
      }
    });
  }
}

function clear(row) {
  unmark(row, MARK);
  row.classList.remove(CURRENT);
}
