// The matching entries of one log by place, as many of them as a reader needs at a time.
//
// A place is a number that rises by one from entry to entry. The newest entries come by the stream, which begins with some
// of them; all others are read in pages when a reader needs them, and let go of again when they are far from what is read.
import { PageRequests } from './page-requests.mjs';
import { Runs } from './runs.mjs';

const PAGE_ENTRIES = 500;
const MOST_ENTRIES = 10_000;
const MOST_WEIGHT = 16 * 2 ** 20; // characters, about
const PART = 250; // entries that are let go of at a time
const TAIL = 500; // the newest, which a reader who comes back to the end sees at once
const DRAG_PAUSE_MS = 80; // a scroll bar that is dragged passes over most of a log
const RETRY_MS = 5000;
const COPIED_AT_ONCE = 1000; // entries
const MOST_LOOKS = 30; // at a place that is still being counted, each of half a second
const ALL_AT_ONCE = 2000; // entries that are held and shown as a whole

export class EntryStore {
  /** `readPage({since | before | offset, limit, signal})` reads entries as the page endpoint gives them,
   *  `findPlace({line | id | time})` as the one for places does. */
  constructor({ readPage, findPlace }) {
    this.changes = 0; // it rises with each change that is not only entries at the end
    this.readPage = readPage;
    this._findPlace = findPlace;
    this._runs = new Runs();
    this._listeners = new Set();
    this._requests = new PageRequests({
      read: ({ query }, signal) => this.readPage({ ...query, signal }),
      take: (page, answer) => this._take(page, answer),
      fail: (page, error) => this._failed(page, error),
    });
    this.clear();
  }

  /** Forgets everything; what is still under way is dropped when it comes. Only entries after the one with the id `floor`
   *  are of interest from now on. */
  clear(floor = 0) {
    this._requests.stop();
    clearTimeout(this._timer);
    clearTimeout(this._retry);
    this._awaited = null;
    this._runs.clear();
    this._floor = floor;
    this._first = null; // the place of the oldest entry; null: not known
    this._hasOlder = false; // while nothing else is known
    this._wish = { from: 0, to: 0 };
    this._isHeavy = false;
    this._reach = PAGE_ENTRIES; // how many entries a page has: of long lines it has few
    this.generation = (this.generation ?? 0) + 1;
    this.problem = null; // of the newest request that failed: {from, to, error}
    this._notify();
  }

  destroy() {
    this._listeners.clear();
    this.clear();
  }

  /** Calls back after each change. Gives a function that ends it. */
  subscribe(callback) {
    this._listeners.add(callback);
    return () => this._listeners.delete(callback);
  }

  /** One past the place of the newest entry. */
  get end() {
    return this._runs.tail?.end ?? 0;
  }

  /** A number that rises with each entry that comes. */
  get arrived() {
    return this.end;
  }

  /** The place of the oldest entry; while that is unknown, of a page before those that were read. */
  get first() {
    const read = this._runs.all[0]?.start ?? 0;
    return this._first ?? (this._hasOlder ? read - PAGE_ENTRIES : read);
  }

  get isFirstKnown() {
    return this._first !== null || !this._hasOlder;
  }

  get size() {
    return this.end - this.first;
  }

  /** How many entries are known of for sure. */
  get known() {
    return this.end - (this._first ?? this._runs.all[0]?.start ?? 0);
  }

  /** Whether all entries are few enough to be held, and to stand in the document, at once. */
  get isShort() {
    return this.isFirstKnown && this.size <= ALL_AT_ONCE && !this._isHeavy;
  }

  /** Whether all of a short log is held, as it was counted. */
  get isWhole() {
    const [oldest] = this._runs.all;
    const isHeld = oldest ? oldest.start === this.first && oldest.end === this.end : true;
    return this._first !== null && this.isShort && isHeld;
  }

  /** All entries that are held, oldest first. */
  held() {
    return this._runs.all.flatMap(({ entries }) => entries);
  }

  at(place) {
    return this._runs.at(place);
  }

  placeOf(id) {
    return this._runs.placeOf(id);
  }

  /** Entries that came live, or the stream's first. `matching`: how many there are with them and all before (null: it is
   *  not known); `hasOlder`: whether there are some before these. */
  append(entries, { matching, hasOlder }) {
    const isFirst = this._runs.size === 0;
    const { first: oldest } = this;
    const fresh = entries.filter(({ id }) => id > Math.max(this._floor, this._runs.tail?.newest.id ?? 0));
    this._runs.append(fresh);
    if (isFirst) this._hasOlder = hasOlder && fresh.length === entries.length;
    if (this._floor === 0) this._count(matching);
    const hasLetGo = this._shrink();
    this._notify({ isGrowth: !hasLetGo && this.first === oldest });
  }

  /** Asks for these places to be held: what is missing is read. */
  need(from, to) {
    this._wish = { from: Math.max(this.first, from), to: Math.min(this.end, to) };
    this._requests.keepWithin(from - PAGE_ENTRIES, to + PAGE_ENTRIES);
    this._ask();
  }

  /** Tries again at once what could not be read. */
  retry() {
    clearTimeout(this._retry);
    this.problem = null;
    this._ask();
    this._notify();
  }

  /** The entries from the one place up to before the other, held or not. */
  async read(from, to, signal) {
    const { generation } = this;
    const found = [];
    let last = this.at(from - 1);
    while (from + found.length < to) {
      const place = from + found.length;
      const run = this._runs.runAt(place);
      const held = run?.entries.slice(place - run.start, to - run.start);
      const more = held ?? (await this._readOn(last, place, to, signal));
      if (generation !== this.generation || !more.length) break;
      for (const entry of more) found.push(entry);
      last = found.at(-1);
    }
    return found;
  }

  async _readOn(last, place, to, signal) {
    const limit = Math.min(COPIED_AT_ONCE, to - place);
    const start = last ? { since: last.id } : { offset: Math.max(0, place - this.first) };
    return (await this.readPage({ ...start, limit, signal })).logs;
  }

  /** The place of the first entry at or after a line, an entry's id or a time. */
  async locate(wanted) {
    return (await this.find(wanted)).place;
  }

  /** As `locate`, with that entry's `id` and `line`, which are null behind the newest entry. */
  async find(wanted) {
    const { generation } = this;
    let found = await this._findPlace(wanted);
    for (let look = 1; found.index === null && look < MOST_LOOKS && generation === this.generation; look += 1) {
      if (this.placeOf(found.id) !== null) break;
      found = await this._findPlace(wanted); // the server goes on with counting
    }
    const { id, line, index, total } = found;
    if (this._first === null) this._count(total);
    const held = id === null ? this.end : this.placeOf(id);
    return { id, line, place: held ?? this.first + (index ?? 0) };
  }

  /** Counts may be ahead of what has come, never behind: the nearest place is right. When it rises later on, old entries
   *  were removed. */
  _count(matching) {
    if (matching === null || matching === undefined) return;
    const first = this.end - matching;
    if (this._first !== null && first <= this._first) return;
    const oldest = this._runs.all[0]?.start ?? this.end;
    if (first <= oldest) this._first = first;
    else this._checkOldest(first);
  }

  /** Entries that are held seem to be stored no more. */
  async _checkOldest(first) {
    if (this._checking === first) return;
    this._checking = first;
    const { generation } = this;
    try {
      const { logs } = await this.readPage({ offset: 0, limit: 1 });
      if (generation !== this.generation) return;
      this._runs.dropBefore(logs[0]?.id ?? Number.POSITIVE_INFINITY);
      this._first = Math.min(first, this._runs.all[0]?.start ?? first);
      this._notify();
    } catch {
      // the next count says it again
    }
  }

  _ask() {
    const page = this._missing();
    if (page && page.from === this._awaited?.from && page.to === this._awaited.to) return;
    clearTimeout(this._timer);
    this._awaited = page;
    if (page && page.query.offset === undefined) this._askNow();
    else if (page) this._timer = setTimeout(() => this._askNow(), DRAG_PAUSE_MS);
  }

  _askNow() {
    this._awaited = null;
    this._start(this._missing());
  }

  _start(page) {
    if (page && !(this.problem && page.from < this.problem.to && this.problem.from < page.to))
      this._requests.start(page);
  }

  /** The next page that the wish wants: beside entries that are held where it can be, or else by its offset. */
  _missing() {
    const { from, to } = this._wish;
    let place = from;
    for (let run = this._runs.runAt(place); run; run = this._runs.runAt(place)) place = run.end;
    if (place >= to || place >= this.end) return null;
    const gap = this._runs.gapAt(place);
    const start = Math.max(gap.start, this.first);
    const limit = Math.min(PAGE_ENTRIES, gap.end - start + (gap.older ? 1 : 0)); // the one more joins the two
    if (gap.end - place <= this._reach || !this.isFirstKnown) {
      return { from: gap.end - limit, to: gap.end, query: { before: gap.newer.oldest.id, limit } };
    }
    if (gap.older && place - start <= this._reach / 2) {
      return { from: start, to: start + limit, query: { since: gap.older.newest.id, limit } };
    }
    const begin = Math.max(start + (gap.older ? 1 : 0), place - Math.floor(this._reach / 4));
    const length = Math.min(PAGE_ENTRIES, gap.end - 1 - begin);
    return { from: begin, to: begin + length, query: { offset: begin - this.first, limit: length } };
  }

  _take({ from, query }, { logs, meta }) {
    const before = this._held;
    const wanted = logs.filter(({ id }) => id > this._floor);
    this._put(from, query, wanted);
    this._reach = logs.length < query.limit && meta.has_more ? Math.max(1, logs.length) : PAGE_ENTRIES;
    const isOldest = query.before !== undefined && (!meta.has_more || wanted.length < logs.length);
    if (isOldest) this._first = this.placeOf(wanted[0]?.id ?? query.before);
    if (this._first !== null) this._first = Math.min(this._first, this._runs.all[0].start);
    this.problem = null;
    this._shrink();
    if (this._held !== before) this._ask(); // or else what was read could not be kept, nor could it the next time
    if (meta.reset) this._checkOldest(this.first);
    this._notify();
  }

  _put(from, { before, since }, entries) {
    if (before !== undefined) this._runs.putBefore(before, entries);
    else if (since !== undefined) this._runs.putAfter(since, entries);
    else this._runs.putAt(from, entries);
  }

  /** Which places are held, to be compared. */
  get _held() {
    return `${this._first} ${this._runs.all.map(({ start, end }) => `${start}-${end}`)}`;
  }

  _failed({ from, to }, error) {
    this.problem = { from, to, error };
    const isRefused = error.status >= 400 && error.status < 500; // which the stream meets as well
    clearTimeout(this._retry);
    if (!isRefused) this._retry = setTimeout(() => this.retry(), RETRY_MS);
    this._notify();
  }

  /** Says whether something was let go of. */
  _shrink() {
    if (this._runs.weight > MOST_WEIGHT) this._isHeavy = true;
    const { size } = this._runs;
    this._runs.shrink({ size: MOST_ENTRIES, weight: MOST_WEIGHT, part: PART, tail: TAIL, ...this._wish });
    return this._runs.size < size;
  }

  _notify({ isGrowth = false } = {}) {
    if (!isGrowth) this.changes += 1;
    for (const callback of [...this._listeners]) callback();
  }
}
