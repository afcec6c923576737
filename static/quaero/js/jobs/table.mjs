// The rows of the jobs list, put together from pages that were read and news that came meanwhile.
import { matchesJob } from './filters.mjs';

/** Newest first, as the API sorts. */
function isBefore(one, other) {
  if (one.created_at !== other.created_at) return one.created_at > other.created_at;
  return one.id > other.id;
}

/** A page is read while news arrive, so either may be the older: the higher revision wins, then the later line. */
export function isNewer(job, known) {
  if (!known) return true;
  if (job.revision !== known.revision) return job.revision > known.revision;
  return (job.last_line ?? 0) >= (known.last_line ?? 0);
}

export class JobTable {
  constructor() {
    this.filters = {}; // as the API was asked
    this.restart();
  }

  /** Forgets everything, for other filters. */
  restart() {
    this._jobs = new Map();
    this._deleted = new Set();
    this.next = null;
    this.isLoaded = false;
  }

  get size() {
    return this._jobs.size;
  }

  /** Jobs on the list, newest first, but what a job has started stands beneath it, when both are here. */
  get rows() {
    return this.tree.map(({ job }) => job);
  }

  /** The same, each job with its `depth`: 0 for one whose parent is not on the list. */
  get tree() {
    const jobs = this._newestFirst();
    const ids = new Set(jobs.map((job) => job.id));
    const byParent = new Map();
    for (const job of jobs) {
      const parent = ids.has(job.parent) ? job.parent : null;
      if (!byParent.has(parent)) byParent.set(parent, []);
      byParent.get(parent).push(job);
    }
    const below = (id, depth) =>
      (byParent.get(id) ?? []).flatMap((job) => [{ job, depth }, ...below(job.id, depth + 1)]);
    return below(null, 0);
  }

  _newestFirst() {
    return [...this._jobs.values()].filter((job) => this._matches(job)).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  /** A page of the API from the top: what it should name and does not is gone, unless news of it came since. Rows
   *  below its end stay: they came with later pages, perhaps while this one was on its way. Or they go (`isAll`). */
  loadFirst(page, newsSince = new Set(), isAll = false) {
    const named = new Set(page.jobs.map((job) => job.id));
    const end = page.next === null || isAll ? null : page.jobs.at(-1);
    const isWithin = (job) => end === null || !isBefore(end, job);
    const others = [...this._jobs.values()].filter((job) => !named.has(job.id) && !newsSince.has(job.id));
    for (const job of others) if (isWithin(job)) this._jobs.delete(job.id);
    const goesOn = this.isLoaded && others.some((job) => !isWithin(job));
    this._load(page, goesOn ? this.next : page.next);
  }

  loadMore(page) {
    this._load(page, page.next);
  }

  _load(page, next) {
    for (const job of page.jobs) this._put(job);
    this.next = next;
    this.isLoaded = true;
  }

  /** News of one job. Says whether the list changed. */
  apply(job) {
    if (this._jobs.has(job.id)) return this._put(job);
    const isListed = this._matches(job) && !this._isBelowEnd(job);
    return isListed && this._put(job);
  }

  remove(id) {
    this._deleted.add(id);
    return this._jobs.delete(id);
  }

  _put(job) {
    if (this._deleted.has(job.id) || !isNewer(job, this._jobs.get(job.id))) return false;
    this._jobs.set(job.id, job);
    return true;
  }

  /** Whether the job belongs to a page that was not read yet. */
  _isBelowEnd(job) {
    if (this.next === null) return false;
    const last = this._newestFirst().at(-1);
    return Boolean(last) && isBefore(last, job);
  }

  _matches(job) {
    return matchesJob(job, this.filters);
  }
}
