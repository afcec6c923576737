// What of a log viewer is about its filters: the chips, and the form that adds one. Members of its component.
import { LEAVE_NOTHING_OUT, NO_FILTERS, areFiltering, withoutFilter } from './address.mjs';
import { chipsOf, nothingText, refusedFilters } from './chips.mjs';
import { KINDS, readTyped } from './typed.mjs';

export function filtering() {
  return {
    filters: { ...NO_FILTERS },
    isAdding: false,
    kind: KINDS[0].kind,
    addProblem: '',
    namesOfSteps: {}, // of other jobs, by id, as the reader came upon them

    /** The steps whose names a filter may have, as `{id, name}`. */
    knownSteps() {
      return [];
    },

    stepNameOf(step) {
      return this.knownSteps().find(({ id }) => id === step)?.name ?? this.namesOfSteps[step];
    },

    /** What the words of a chip need. */
    filterWords() {
      return { stepNameOf: (id) => this.stepNameOf(id), zone: this.rowSettings.zone };
    },

    /** The moment whose day is meant by a time without a date. */
    dayShown() {
      return Date.now();
    },

    /** Further filters, or others in the place of those of the same name. */
    addFilters(added) {
      this.filters = { ...this.filters, ...added };
      this.applyFilters();
    },

    removeFilter(event) {
      const hadFocus = event.currentTarget.matches(':focus');
      const { chips, addFilter } = this.$refs; // of the button's component, from which it is about to be taken out
      this.filters = withoutFilter(this.filters, event.currentTarget.dataset.filter);
      this.applyFilters();
      if (hadFocus) this.$nextTick(() => (chips.querySelector('.chip') ?? addFilter).focus());
    },

    clearFilters() {
      const kept = LEAVE_NOTHING_OUT.map((name) => [name, this.filters[name]]);
      this.filters = { ...NO_FILTERS, ...Object.fromEntries(kept) };
      this.applyFilters();
    },

    toggleAdding() {
      if (this.isAdding) this.closeAdding();
      else this.openAdding();
    },

    /** `kind`: of what the form is to add, which else the reader chooses. */
    openAdding(kind) {
      this.isAdding = true;
      this.addProblem = '';
      if (kind) this.kind = kind;
      this.$nextTick(() => (kind ? this.$refs.addValue : this.$refs.addKind).focus());
    },

    closeAdding() {
      const { addFilter } = this.$refs; // while the form that may have asked stands in the document
      this.isAdding = false;
      this.$nextTick(() => addFilter.focus());
    },

    chooseKind(event) {
      this.kind = event.currentTarget.value;
      this.addProblem = '';
    },

    submitFilter() {
      const field = this.$refs.addValue;
      const known = { steps: this.knownSteps(), day: this.dayShown(), isUtc: this.rowSettings.zone === 'UTC' };
      const { filters, mark, problem } = readTyped(this.kind, field.value, known);
      this.addProblem = problem ?? (mark ? this.addMark(mark) : '');
      if (this.addProblem) return field.focus();
      field.value = '';
      this.closeAdding();
      return filters && this.addFilters(filters);
    },

    get isFiltering() {
      return areFiltering(this.filters);
    },
    get chips() {
      return chipsOf(this.filters, this.filterWords(), refusedFilters(this.error));
    },
    get kinds() {
      return KINDS.filter(({ isOfOneJob }) => !(isOfOneJob && this.showsJob));
    },
    get example() {
      return KINDS.find(({ kind }) => kind === this.kind).example;
    },
    get addExpanded() {
      return String(this.isAdding);
    },
    get isAddRefused() {
      return String(this.addProblem !== '');
    },
    get hasChips() {
      return this.isFiltering;
    },
    get isChipBarShown() {
      return this.hasChips || this.hasRange || this.marks.length > 0;
    },
    /** Filters are why nothing is shown. */
    get isHidingAll() {
      return this.isEmpty && this.isFiltering && this.total > 0;
    },
    get hidingWords() {
      return this.isHidingAll ? nothingText(this.total, this.chips) : '';
    },
    get isSimplyEmpty() {
      return this.isEmpty && !this.isHidingAll;
    },
  };
}
