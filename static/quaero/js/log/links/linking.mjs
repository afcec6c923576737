// What of a log viewer is about links into it: the lines that an address points at, which are marked. Members of its component.
import { isInRange, missingText, rangeOf, rangeText, readRange, writeRange } from './line-range.mjs';
import { address } from '../../lib/addresses.mjs';

export function linking() {
  let anchor = null; // the line that a range was begun with

  return {
    range: null, // {first, last}

    attachLinks(viewport) {
      viewport.decorators.add((row, { line }) => this.markChosen(row, line));
    },

    markChosen(row, line) {
      row.classList.toggle('log-chosen', !this.showsJob && isInRange(this.range, line));
    },

    /** The address has another range, or none. */
    readRange() {
      this.showRange(readRange(location.hash));
    },

    showRange(range) {
      this.range = range;
      anchor ??= range?.first ?? null;
      for (const row of this.$refs.lines?.querySelectorAll('[data-place]') ?? [])
        this.markChosen(row, Number(row.dataset.line));
    },

    /** Chooses a line; `isExtending`: and all up to it from where the reader has begun. */
    chooseLine(line, isExtending = false) {
      if (this.showsJob) return; // lines of several jobs have no numbers in common
      if (!isExtending || anchor === null) anchor = line;
      this.showRange(rangeOf(anchor, line));
      this.rememberRange();
    },

    dropRange() {
      anchor = null;
      this.showRange(null);
      this.rememberRange();
    },

    /** No steps for the Back button: a reader who tries some lines would have to go back through all of them. */
    rememberRange() {
      if (this.isPageOfItsOwn)
        history.replaceState(history.state, '', location.pathname + location.search + writeRange(this.range));
    },

    /** The absolute address of an entry in its job's log, or of what is shown with the chosen lines. */
    linkTo(entry) {
      const isElsewhere = entry && this.showsJob;
      const path = address('job', isElsewhere ? entry.job_id : this.jobId);
      const range = entry ? rangeOf(entry.line, entry.line) : this.range;
      return new URL(path + (isElsewhere ? '' : this.addressQuery()) + writeRange(range), location.href).href;
    },

    get hasRange() {
      return this.range !== null && !this.showsJob;
    },
    get rangeWords() {
      return this.hasRange ? `Chosen: ${rangeText(this.range)} ✕` : '';
    },
    get rangeProblem() {
      return this.hasRange && this.job ? missingText(this.range, this.job.last_line) : '';
    },
  };
}
