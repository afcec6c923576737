// What of a log viewer is about marked words: those that the filter searches for, and those that the reader wants to see
// everywhere. Members of its component.
import { selectionAround } from '../copying/selection.mjs';
import { MarkPainter, canMark } from './painter.mjs';
import { withMark, withoutMark } from './words.mjs';

export function marking() {
  let painter = null;

  return {
    marks: [], // {word, color}

    attachMarks(viewport) {
      painter = new MarkPainter();
      viewport.decorators.add((row) => painter.decorate(row));
      this.paintWords();
    },

    detachMarks() {
      painter?.clear();
      painter = null;
    },

    /** The words to be marked have changed. */
    paintWords() {
      painter?.setWords(this.filters.search, this.marks);
      for (const row of this.$refs.lines?.querySelectorAll('[data-place]') ?? []) painter?.decorate(row);
    },

    paintRow(row) {
      painter?.decorate(row);
    },

    /** What is selected in the log, or what the reader types. */
    markSelected() {
      const text = String(selectionAround(this.$refs.log)).trim();
      if (!text || text.includes('\n')) return this.openAdding('mark');
      this.copyWords = this.addMark(text);
      return undefined;
    },

    /** Says what is wrong, or nothing. */
    addMark(word) {
      if (!canMark()) return 'This browser cannot mark text.';
      const { marks, problem } = withMark(this.marks, word);
      if (problem) return problem;
      this.setMarks(marks);
      return '';
    },

    removeMark(event) {
      this.setMarks(withoutMark(this.marks, event.currentTarget.dataset.mark));
    },

    setMarks(marks) {
      this.marks = marks;
      this.paintWords();
      this.rememberFilters();
    },

    get markChips() {
      return this.marks.map(({ word, color }) => ({
        word,
        words: `${word} ✕`,
        title: `Do not mark “${word}” any more`,
        chipClass: `chip-mark mark-${color}`,
      }));
    },
  };
}
