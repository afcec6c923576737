// A log by its steps: a head for each that has begun, and below it the entries of the step while it is open. For a
// viewport it is what an EntryStore is, whose places may move: an entry keeps its id.
import { Section } from './section.mjs';

const MOST_LOADED = 20; // sections that hold entries; of others it is known how many they have
const WHOLE = 2000; // entries of a log that is shown, and so opened, as a whole
const OUTSIDE = ''; // the key of what is outside of any step

export class SectionedStore {
  /** `flat` has the whole log, and `open(key)` gives {store, readNewest} for the entries of one step. */
  constructor(flat, open) {
    this.flat = flat;
    this._openStore = open;
    this._sections = new Map(); // by key
    this._order = [];
    this._starts = null; // the place of each section's head, and the end; null: to be reckoned
    this._chosen = new Map(); // what the reader has opened or closed, by key
    this._listeners = new Set();
    this.keepsOpen = false; // while a reader is away from the end nothing closes by itself
    this._changed = () => this._change();
    this._unsubscribe = flat.subscribe(() => this._flatChanged());
  }

  destroy() {
    this._unsubscribe();
    this._listeners.clear();
    for (const section of this._order) section.unload();
  }

  subscribe(callback) {
    this._listeners.add(callback);
    return () => this._listeners.delete(callback);
  }

  /** The steps in their order, and how many entries each has (`countOf(step)`), and how many there are in all. */
  setSteps(steps, countOf, total) {
    const begun = steps.filter((step) => step.status !== 'pending' || countOf(step) > 0);
    let inside = 0;
    const order = begun.map((step) => {
      const section = this._section(step.id);
      section.step = step;
      section.expected = countOf(step);
      inside += section.expected;
      return section;
    });
    const outside = this._section(OUTSIDE);
    outside.expected = Math.max(0, total - inside);
    this._order = outside.expected > 0 ? [outside, ...order] : order;
    for (const section of this._order) this._openAsItStands(section, total);
    this._flatChanged();
  }

  /** Entries that came live, after the flat store has them. */
  take(entries) {
    for (const [key, some] of bySteps(entries)) this._section(key).take(some);
  }

  /** Everything is to be read anew, under other filters. What the reader has opened stays open. */
  clear() {
    for (const section of this._order) section.unload();
    this._sections.clear();
    this._order = [];
    this._change();
  }

  isOpen(key) {
    return this._sections.get(key)?.isOpen ?? false;
  }

  toggle(key) {
    this.setOpen(key, !this.isOpen(key));
  }

  setOpen(key, isOpen) {
    this._chosen.set(key, isOpen);
    this._open(this._section(key), isOpen);
    this._change();
  }

  setAllOpen(isOpen) {
    for (const section of this._order) {
      this._chosen.set(section.key, isOpen);
      this._open(section, isOpen);
    }
    this._change();
  }

  /** The section that has the place, with the place of its head and one past its last entry; null where there is none. */
  sectionAt(place) {
    const index = this._indexAt(place);
    const [start, end] = [this._layout[index], this._layout[index + 1]];
    return index < 0 ? null : { section: this._order[index], start, end };
  }

  /** The place of a step's head; null where there is none. */
  placeOfStep(key) {
    return this.placeOf(`step:${key}`);
  }

  // As an EntryStore.

  get first() {
    return 0;
  }

  get end() {
    return this._layout.at(-1);
  }

  get size() {
    return this.end;
  }

  get isFirstKnown() {
    return true;
  }

  get isShort() {
    return this.flat.isShort && this.end <= WHOLE;
  }

  get generation() {
    return this.flat.generation;
  }

  get arrived() {
    return this.flat.arrived;
  }

  /** Another one after each change that is not only entries at the end. */
  get changes() {
    const { _layout: starts, _order: order, flat } = this;
    return [flat.changes, ...order.map(({ key, store }, index) => `${key} ${starts[index]} ${store?.changes}`)].join();
  }

  /** Lines that can be scrolled to. */
  get known() {
    return this.end - this._order.length;
  }

  readPage(query) {
    return this.flat.readPage(query);
  }

  get problem() {
    if (this.flat.isShort && this.flat.problem) return { ...this.flat.problem, from: 0, to: this.end };
    const failed = this._order.findIndex(({ isOpen, problem, store }) => isOpen && (problem ?? store?.problem));
    if (failed < 0) return null;
    const { problem, store } = this._order[failed];
    const [start, end] = [this._layout[failed], this._layout[failed + 1]];
    return { from: start + 1, to: end, error: problem ?? store.problem.error };
  }

  retry() {
    this.flat.retry();
    for (const section of this._order) {
      if (section.problem) section.load();
      else section.store?.retry();
    }
  }

  at(place) {
    const index = this._indexAt(place);
    return index < 0 ? undefined : this._order[index].at(place - this._layout[index]);
  }

  placeOf(id) {
    for (const [index, section] of this._order.entries()) {
      const offset = section.head.id === id ? 0 : section.offsetOf(id);
      if (offset !== null) return this._layout[index] + offset;
    }
    return null;
  }

  need(from, to) {
    if (this.flat.isShort) return this._needFlat();
    const wanted = this._within(from, to);
    for (const { section, start } of wanted) if (!section.problem) section.need(from - start, to - start);
    return this._letGo(new Set(wanted.map(({ section }) => section)));
  }

  /** The entries from the one place up to before the other, without heads. */
  async read(from, to, signal) {
    const found = [];
    for (const { section, start } of this._within(from, to)) {
      if (!section.isOpen) continue;
      await section.load();
      const { store } = section;
      if (!store) throw section.problem;
      const entries = [from - start - 1, to - start - 1].map((offset) => store.first + Math.max(0, offset));
      found.push(...(await store.read(entries[0], Math.min(entries[1], store.end), signal)));
    }
    return found;
  }

  async locate(wanted) {
    return (await this.find(wanted)).place;
  }

  /** Opens the step of the entry that is found. */
  async find(wanted) {
    const { id, line, place } = await this.flat.find(wanted);
    if (id === null) return { id, line, place: this.end };
    const entry = this.flat.at(this.flat.placeOf(id) ?? Number.NaN) ?? (await this.flat.read(place, place + 1))[0];
    const key = entry?.step_id ?? OUTSIDE;
    const section = this._section(key);
    if (!section.isOpen) this.setOpen(key, true);
    if (!section.store && this.flat.isWhole) this._fill();
    await section.load();
    if (!section.isLoaded) throw section.problem;
    const within = await section.store.find({ id });
    const start = this.placeOfStep(key) ?? 0;
    return { id, line, place: start + 1 + within.place - section.store.first };
  }

  // Inside.

  _section(key) {
    const known = this._sections.get(key);
    if (known) return known;
    const section = new Section(key, this._openStore, this._changed);
    this._sections.set(key, section);
    return section;
  }

  /** Open are what the reader chose, what runs, what has failed, and all steps of a short log. */
  _openAsItStands(section, total) {
    const status = section.step?.status;
    const opensItself = status === 'running' || status === 'failed' || total <= WHOLE;
    const isOpen = this._chosen.get(section.key) ?? (opensItself || (section.isOpen && this.keepsOpen));
    this._open(section, isOpen);
  }

  _open(section, isOpen) {
    section.isOpen = isOpen;
    if (!isOpen) section.unload();
  }

  /** A short log is read as a whole, and its steps are filled from that. */
  _needFlat() {
    if (this.flat.isWhole) this._fill();
    else this.flat.need(this.flat.first, this.flat.end);
  }

  _flatChanged() {
    if (this.flat.isWhole) this._fill();
    this._change();
  }

  _fill() {
    const empty = this._order.filter((section) => section.isOpen && !section.store);
    if (!empty.length) return;
    const byKey = bySteps(this.flat.held());
    for (const section of empty) section.fill(byKey.get(section.key) ?? []);
    this._change();
  }

  /** Sections that have places between these two, with the place of their heads. */
  _within(from, to) {
    const found = [];
    const { _layout: starts } = this;
    for (let index = Math.max(0, this._indexAt(Math.max(0, from))); starts[index] < to; index += 1) {
      if (index >= this._order.length) break;
      found.push({ section: this._order[index], start: starts[index] });
    }
    return found;
  }

  _letGo(wanted) {
    const loaded = this._order.filter((section) => section.isLoaded && section.isOpen);
    const excess = loaded.length - MOST_LOADED;
    if (excess <= 0 || this.flat.isShort) return;
    for (const section of loaded.filter((each) => !wanted.has(each)).slice(0, excess)) section.unload();
  }

  get _layout() {
    if (this._starts) return this._starts;
    const starts = [0];
    for (const section of this._order) starts.push(starts.at(-1) + section.size);
    this._starts = starts;
    return starts;
  }

  /** The index of the section that has the place; -1 for none. */
  _indexAt(place) {
    const { _layout: starts } = this;
    if (place < 0 || place >= starts.at(-1)) return -1;
    let [low, high] = [0, this._order.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  _change() {
    this._starts = null;
    for (const callback of [...this._listeners]) callback();
  }
}

/** Entries by the key of their step. */
function bySteps(entries) {
  const byKey = new Map();
  for (const entry of entries) {
    const key = entry.step_id ?? OUTSIDE;
    if (byKey.has(key)) byKey.get(key).push(entry);
    else byKey.set(key, [entry]);
  }
  return byKey;
}
