// One step's part of a log that is read by steps: its head, and below it its entries while it is open.

const FIRST_ENTRIES = 100; // read when it is opened; others as they are wanted

export class Section {
  /** `key`: the step's id, or '' for what is outside of any step. `open(key)` gives {store, readNewest}: a store for its
   *  entries, and the function that reads its newest ones (a page). `onChange()` is called after each change. */
  constructor(key, open, onChange) {
    Object.assign(this, { key, step: null, isOpen: false, store: null, problem: null, expected: 0 });
    this.head = { id: `step:${key}`, isHead: true, section: this };
    this._open = open;
    this._onChange = onChange;
    this._early = null; // entries that came while the first ones are being read
    this._loading = null;
  }

  /** How many places it has, with its head. */
  get size() {
    return 1 + (this.isOpen ? this._entries : 0);
  }

  get isLoaded() {
    return this.store !== null && this._early === null;
  }

  /** The head at 0, then the entries. */
  at(offset) {
    if (offset === 0) return this.head;
    return this.isLoaded ? this.store.at(this.store.first + offset - 1) : undefined;
  }

  /** The offset of a loaded entry; null where it is not. */
  offsetOf(id) {
    const place = this.isOpen && this.isLoaded ? this.store.placeOf(id) : null;
    return place === null ? null : place - this.store.first + 1;
  }

  /** Asks for entries by their offsets. */
  need(from, to) {
    if (!this.isOpen || to <= 1) return;
    if (!this.store) this.load();
    else if (this.isLoaded) this.store.need(this.store.first + Math.max(1, from) - 1, this.store.first + to - 1);
  }

  /** Entries that came live. */
  take(entries) {
    this.expected += entries.length;
    if (this._early) this._early.push(...entries);
    else this.store?.append(entries, { matching: null, hasOlder: false });
  }

  /** All of its entries, where they are at hand. */
  fill(entries) {
    this._begin();
    this._early = null;
    this.store.append(entries, { matching: entries.length, hasOlder: false });
  }

  /** Reads its newest entries. Does nothing when they are there, or on their way. */
  load() {
    if (this.isLoaded) return Promise.resolve();
    this._loading ??= this._load().finally(() => {
      this._loading = null;
    });
    return this._loading;
  }

  /** Lets go of the entries; they are read again when they are wanted. */
  unload() {
    if (this.isLoaded) this.expected = this.store.size;
    this._unsubscribe?.();
    this.store?.destroy();
    Object.assign(this, { store: null, problem: null, _early: null, _unsubscribe: null });
  }

  get _entries() {
    return this.isLoaded ? this.store.size : this.expected;
  }

  _begin() {
    const { store, readNewest } = this._open(this.key);
    Object.assign(this, { store, _readNewest: readNewest });
    this._unsubscribe = this.store.subscribe(this._onChange);
    this._early = [];
    this.problem = null;
  }

  async _load() {
    this._begin();
    const { store } = this;
    try {
      const { logs, meta } = await this._readNewest(FIRST_ENTRIES);
      if (store !== this.store) return;
      const early = this._early;
      this._early = null;
      store.append(logs, { matching: meta.displayed_count, hasOlder: meta.has_more });
      store.append(early, { matching: null, hasOlder: false });
    } catch (error) {
      if (store !== this.store) return;
      this.unload();
      this.problem = error;
      this._onChange();
    }
  }
}
