// What is held of a log: runs of entries that follow each other without a gap, by place.
//
// Only ids say whether two runs touch: a run is joined to the one after it when they have an entry in common. Places are
// counted from the end of the log, and counts may be ahead of it for a moment, so a run that was read far from the others
// may turn out to lie a few places off. Then the older run moves; the newest one, the tail, never does.

/** The index of the first entry whose id is at least `id`. */
function indexOf(entries, id) {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** About the characters that an entry takes. */
export function weightOf({ message, ansi, fields }) {
  return 200 + message.length + (ansi?.length ?? 0) + (fields ? JSON.stringify(fields).length : 0);
}

class Run {
  constructor(start, entries) {
    Object.assign(this, { start, entries });
  }

  get end() {
    return this.start + this.entries.length;
  }
  get oldest() {
    return this.entries[0];
  }
  get newest() {
    return this.entries.at(-1);
  }
}

export class Runs {
  constructor() {
    this.clear();
  }

  clear() {
    this.all = []; // oldest first; the last one is the tail
    this.size = 0;
    this.weight = 0;
  }

  get tail() {
    return this.all.at(-1);
  }

  at(place) {
    const run = this.runAt(place);
    return run?.entries[place - run.start];
  }

  runAt(place) {
    for (let index = this.all.length - 1; index >= 0; index -= 1) {
      const run = this.all[index];
      if (run.start <= place && place < run.end) return run;
    }
    return undefined;
  }

  placeOf(id) {
    const run = this.all.find(({ newest }) => newest.id >= id);
    if (!run) return null;
    const index = indexOf(run.entries, id);
    return run.entries[index].id === id ? run.start + index : null;
  }

  /** The places around `place` that are not held: {start, end, older, newer}, with the runs at its two ends. */
  gapAt(place) {
    const index = this.all.findIndex((run) => run.start > place);
    const [older, newer] = [this.all[index - 1], this.all[index]];
    return { start: older?.end ?? Number.NEGATIVE_INFINITY, end: newer.start, older, newer };
  }

  /** Entries that come live, after all others. */
  append(entries) {
    if (!entries.length) return;
    this._count(entries, 1);
    if (this.tail) for (const entry of entries) this.tail.entries.push(entry);
    else this.all.push(new Run(0, [...entries]));
  }

  /** Entries just before the oldest of a run, whose id is given. Nothing happens when the run has changed meanwhile. */
  putBefore(id, entries) {
    const run = this.all.find(({ oldest }) => oldest.id === id);
    const older = entries.filter((entry) => entry.id < id);
    if (!run || !older.length) return;
    this._count(older, 1);
    run.entries = [...older, ...run.entries];
    run.start -= older.length;
    this._settle();
  }

  /** Entries just after the newest of a run. */
  putAfter(id, entries) {
    const run = this.all.find(({ newest }) => newest.id === id);
    const newer = entries.filter((entry) => entry.id > id && entry.id <= this.tail.newest.id);
    if (!run || !newer.length) return;
    this._count(newer, 1);
    run.entries.push(...newer);
    this._settle();
  }

  /** Entries that were read far from all runs, about at that place. */
  putAt(start, entries) {
    const known = this.tail ? entries.filter((entry) => entry.id <= this.tail.newest.id) : [];
    if (!known.length) return;
    this._count(known, 1);
    this.all.push(new Run(start, known));
    this._settle();
  }

  /** Lets go of entries that are not stored any more, by the id of the oldest that is. */
  dropBefore(id) {
    for (const run of this.all) this._dropFront(run, indexOf(run.entries, id));
  }

  /** Keeps at most so many entries and characters: those from `from` to `to`, the newest, and what is nearest to them. */
  shrink({ size, weight, from, to, part, tail }) {
    while (this.size > size || this.weight > weight) {
      const kept = this.weight > weight ? 1 : tail; // of lines of a megabyte each one must do
      if (!this._dropFarthest({ from, to, part, tail: kept })) return;
    }
  }

  _dropFarthest({ from, to, part, tail }) {
    this._cutTail(to, part, tail);
    const edges = this.all.flatMap((run) => [
      { run, distance: from - run.start, isFront: true },
      { run, distance: run === this.tail ? 0 : run.end - to, isFront: false },
    ]);
    // The tail's front is as far away as it is from what is read above it.
    const last = edges.at(-2);
    if (this.tail.start > to) last.distance = this.tail.entries.length > tail ? this.tail.start - to : 0;
    const farthest = edges.reduce((one, other) => (other.distance > one.distance ? other : one));
    if (farthest.distance <= 0) return false;
    const isBetween = farthest === last && this.tail.start > to;
    const most = isBetween ? this.tail.entries.length - tail : farthest.distance;
    const count = Math.min(part, Math.max(1, most), farthest.run.entries.length);
    if (farthest.isFront) this._dropFront(farthest.run, count);
    else this._dropBack(farthest.run, count);
    return true;
  }

  /** Makes the newest entries a run of their own when what is read lies in front of them in the same run. */
  _cutTail(to, part, count) {
    const { tail } = this;
    const at = tail.end - count;
    if (!(tail.start < to && to + part < at)) return;
    const older = new Run(tail.start, tail.entries.slice(0, at - tail.start));
    this.all[this.all.length - 1] = new Run(at, tail.entries.slice(at - tail.start));
    this.all.splice(-1, 0, older);
    this._dropBack(older, part);
  }

  _dropFront(run, count) {
    if (!count) return;
    this._count(run.entries.splice(0, count), -1);
    run.start += count;
    this._removeEmpty();
  }

  _dropBack(run, count) {
    this._count(run.entries.splice(-count), -1);
    this._removeEmpty();
  }

  _removeEmpty() {
    this.all = this.all.filter((run) => run.entries.length > 0);
  }

  /** Joins runs that have entries in common, and moves older ones out of the way of newer ones. */
  _settle() {
    this.all.sort((one, other) => one.oldest.id - other.oldest.id);
    for (let index = this.all.length - 2; index >= 0; index -= 1) {
      const [older, newer] = [this.all[index], this.all[index + 1]];
      if (older.newest.id >= newer.oldest.id) {
        this.all.splice(index, 2, this._joined(older, newer));
        if (index < this.all.length - 1) index += 1; // it may reach into the next one now
      } else if (older.end >= newer.start) {
        older.start = newer.start - 1 - older.entries.length; // at least one entry is between them
      }
    }
  }

  _joined(older, newer) {
    const before = older.entries.slice(0, indexOf(older.entries, newer.oldest.id));
    const after = older.entries.slice(indexOf(older.entries, newer.newest.id + 1));
    this._count(older.entries.slice(before.length, older.entries.length - after.length), -1);
    return new Run(newer.start - before.length, [...before, ...newer.entries, ...after]);
  }

  _count(entries, sign) {
    this.size += sign * entries.length;
    for (const entry of entries) this.weight += sign * weightOf(entry);
  }
}
