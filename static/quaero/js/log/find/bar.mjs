// The bar in which a reader finds something in the whole log, as an Alpine component's members.
import { numberText } from '../../lib/words.mjs';

/** The component has `finder()`, which gives its Finder or null, and the ref `find` of the field. */
export function findBar() {
  return {
    isFindOpen: false,
    find: { find: '', case: false, regex: false },
    finding: { isSearching: false, problem: '', rank: null, total: null, note: '', isAt: false },

    /** With the field selected, so that the next word replaces the last. False where the reader is in it already. */
    openFind() {
      const isInField = this.isFindOpen && this.$refs.find.matches(':focus');
      if (isInField) return false;
      this.isFindOpen = true;
      this.$nextTick(() => {
        this.$refs.find.focus();
        this.$refs.find.select();
      });
      if (this.find.find && this.finding.total === null) this.searchNow(0);
      return true;
    },

    closeFind() {
      this.isFindOpen = false;
      this.finder()?.close();
      this.$refs.log.focus({ preventScroll: true });
    },

    setFind(event) {
      this.find.find = event.currentTarget.value;
      this.searchNow();
    },

    toggleFindCase() {
      this.find.case = !this.find.case;
      this.searchNow(0);
    },

    toggleFindRegex() {
      this.find.regex = !this.find.regex;
      this.searchNow(0);
    },

    searchNow(pauseMs) {
      this.finder()?.search({ ...this.find }, pauseMs);
    },

    findNext() {
      this.finder()?.next();
    },

    findPrevious() {
      this.finder()?.previous();
    },

    /** Enter goes on, Shift+Enter back, Escape closes, and Ctrl+F again is the browser's. */
    pressInFind(event) {
      if (event.key === 'Escape') this.closeFind();
      else if (event.key === 'Enter' && event.shiftKey) this.findPrevious();
      else if (event.key === 'Enter') this.findNext();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },

    showFinding({ isSearching, problem, rank, total, current, note }) {
      this.finding = { isSearching, problem, rank, total, note, isAt: current !== null };
    },

    get findCasePressed() {
      return String(this.find.case);
    },
    get findRegexPressed() {
      return String(this.find.regex);
    },
    get findWords() {
      const { isSearching, problem, rank, total, isAt } = this.finding;
      if (!this.find.find || problem) return '';
      if (!isAt) return isSearching ? 'Searching…' : 'No line matches';
      const of = total === null ? '…' : numberText(total);
      return `${rank === null ? '…' : numberText(rank)} of ${of}`;
    },
    get findProblem() {
      return this.finding.problem || this.finding.note;
    },
    get findInvalid() {
      return String(Boolean(this.finding.problem));
    },
    get canFindMore() {
      return this.finding.isAt;
    },
    get cannotFindMore() {
      return !this.finding.isAt;
    },
  };
}
