// A job with all that it has started, and what that has started: put together from the API's tree and from news.
import { isNewer } from './table.mjs';
import { isActive } from './summary.mjs';

export class FamilyTree {
  constructor(rootId) {
    this.rootId = rootId;
    this._jobs = new Map(); // by id, without the root
    this.isTruncated = false;
  }

  /** The answer of the API's `jobs/{id}/tree`. News that came meanwhile stay. */
  load({ job, truncated = false }) {
    this.isTruncated = Boolean(truncated);
    const add = ({ children = [], ...row }, isRoot = false) => {
      if (!isRoot) this._put(row);
      for (const child of children) add(child);
    };
    add(job, true);
  }

  /** A row of the list of jobs. Says whether the tree changed. */
  apply(job) {
    return this._belongs(job) && this._put(job);
  }

  /** The `children` of a family's `status` event, which have fewer members than rows. Says whether the tree changed. */
  merge(children) {
    const changed = children.filter((child) => {
      const known = this._jobs.get(child.id);
      if (known && !isActive(known.status)) return false; // this is older: nothing leaves an end
      this._jobs.set(child.id, { ...known, ...child });
      return true;
    });
    return changed.length > 0;
  }

  /** A job that was deleted, which takes its own with it. */
  remove(id) {
    const hasGone = this._jobs.delete(id);
    for (const child of this._childrenOf(id)) this.remove(child.id);
    return hasGone;
  }

  get size() {
    return this._jobs.size;
  }

  get isActive() {
    return [...this._jobs.values()].some((job) => isActive(job.status));
  }

  /** Depth first, each with its `depth`: 1 for what the job itself has started. */
  get rows() {
    const below = (id, depth) => this._childrenOf(id).flatMap((job) => [{ job, depth }, ...below(job.id, depth + 1)]);
    return below(this.rootId, 1);
  }

  _childrenOf(id) {
    return [...this._jobs.values()].filter((job) => job.parent === id);
  }

  _belongs(job) {
    return this._jobs.has(job.id) || job.parent === this.rootId || this._jobs.has(job.parent);
  }

  _put(job) {
    const known = this._jobs.get(job.id);
    if (known?.revision !== undefined && !isNewer(job, known)) return false;
    this._jobs.set(job.id, job);
    return true;
  }
}
