// One search through a whole log, on the server: the match that the reader is at, how many there are, and which of them
// it is. A search that is closed ends on the server as well.

const MOST_MATCHES = 1000; // of one answer
const AFTER_ALL = Number.MAX_SAFE_INTEGER; // an id that no entry has
const AHEAD = 50; // matches read at once: the next ones are there when they are wanted

export class FindSession {
  /** `stream` asks the server (`findMatches`, `countMatches`); `query` is {find, case, regex}. */
  constructor(stream, query) {
    Object.assign(this, { query, current: null, rank: null, total: null, note: '' }); // why nothing can be found
    this._stream = stream;
    this._gaveUp = new AbortController();
    this._known = []; // matches that follow each other, with the current one among them
  }

  get isOver() {
    return this._gaveUp.signal.aborted;
  }

  close() {
    this._gaveUp.abort();
  }

  /** To the first match at or after the entry with this id; behind the last one is the first. */
  async begin(id) {
    const [match] = await this._matches({ at: id });
    return this._arrive(match ?? (await this._first()));
  }

  async next() {
    if (!this.current) return this.begin(0);
    const match = this._beside(1) ?? (await this._matches({ since: this.current.id }))[0];
    if (match) return this._arrive(match, this.rank && this.rank + 1);
    return this._arrive(await this._first(), 1);
  }

  async previous() {
    if (!this.current) return this._arrive(await this._last());
    const match = this._beside(-1) ?? (await this._matches({ before: this.current.id })).at(-1);
    if (match) return this._arrive(match, this.rank && this.rank - 1);
    return this._arrive(await this._last(), this.total);
  }

  /** Counts again, as a log grows. */
  async count() {
    const { current } = this;
    const { total, rank } = await this._stream.countMatches(this._asked({ up_to: current?.id }));
    this.total = total;
    if (current === this.current && current) this.rank = rank;
  }

  /** The spans of all matches from one id to another, by id: of what is on screen. */
  async spansBetween(first, last) {
    const { matches } = await this._stream.findMatches(this._asked({ at: first, limit: MOST_MATCHES }));
    return new Map(matches.filter(({ id }) => id <= last).map(({ id, spans }) => [id, spans]));
  }

  _arrive(match, rank = null) {
    Object.assign(this, { current: match ?? null, rank: match ? rank : null });
    return this.current;
  }

  _beside(step) {
    const at = this._known.findIndex(({ id }) => id === this.current.id);
    return at < 0 ? undefined : this._known[at + step];
  }

  async _first() {
    return (await this._matches({ since: 0 }))[0];
  }

  async _last() {
    return (await this._matches({ before: AFTER_ALL })).at(-1);
  }

  async _matches(place) {
    const { matches, note = '' } = await this._stream.findMatches(this._asked({ ...place, limit: AHEAD }));
    this._known = matches;
    this.note = note;
    return matches;
  }

  _asked(place) {
    const { find, case: isCaseSensitive, regex } = this.query;
    const switches = { case: isCaseSensitive ? 1 : undefined, regex: regex ? 1 : undefined };
    return { find, ...switches, ...place, signal: this._gaveUp.signal };
  }
}
