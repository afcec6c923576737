// What of a log viewer is about copying: of what is selected, of chosen lines, of the whole log as filtered. Members of
// its component.
import { markdownOf } from './markdown.mjs';
import { rowText, selectedEnds, selectionAround } from './selection.mjs';
import { USUAL_PARTS, linesText } from './text.mjs';
import { MOST_BYTES, TooLong, readWhole } from './whole-log.mjs';
import { rangeOf, rangeText } from '../links/line-range.mjs';
import { copied } from '../../lib/clipboard.mjs';
import { keep, kept } from '../../lib/kept.mjs';
import { refusalText } from '../../lib/refusals.mjs';
import { countText, numberText } from '../../lib/words.mjs';

const PARTS = 'quaero.copies'; // of the browser
const NOT_ALLOWED = 'The browser does not allow copying here.';
const KILOBYTE = 1000;
const PAGE = 1000; // entries that are read at once

export function copying() {
  let listening = null;

  return {
    copyParts: { ...USUAL_PARTS, ...kept('localStorage', PARTS, {}) },
    copyWords: '', // how a copy went
    isCopying: false,
    isTooLongToCopy: false,
    isAllSelected: false,

    attachCopying() {
      listening = new AbortController();
      const { signal } = listening;
      this.$refs.log.addEventListener('copy', (event) => this.copySelection(event), { signal });
      this.$refs.log.addEventListener('pointerdown', () => this.endSelectingAll(), { signal });
    },

    detachCopying() {
      listening?.abort();
      this.endSelectingAll();
    },

    /** The browser's own copy, of the text that was logged. Rows that are not in the document are read first. */
    copySelection(event) {
      const ends = selectedEnds(this.$refs.lines);
      if (!ends) return;
      const [from, to] = [ends.first, ends.last].map((row) => Number(row.dataset.place));
      event.preventDefault();
      const held = this.heldEntries(from, to + 1);
      if (held) event.clipboardData.setData('text/plain', this.textOfRows(ends, held));
      else this.copySoon(this.textOfPlaces(ends, from, to), countText(to - from + 1, 'line'));
    },

    /** The entries of these places; nothing unless all are held. Heads of steps are none. */
    heldEntries(from, to) {
      const entries = [];
      for (let place = from; place < to; place += 1) entries.push(this.store().at(place));
      return entries.includes(undefined) ? null : entries.filter(({ isHead }) => !isHead);
    },

    /** As `heldEntries`, of places of which some have to be read. */
    async readPlaces(from, to) {
      const { generation } = this.store();
      const entries = await this.store().read(from, to);
      if (generation !== this.store()?.generation) throw new Error('Other lines are shown now');
      if (entries.length < to - from - this.headsBetween(from, to)) throw new Error('Some lines could not be read');
      return entries;
    },

    headsBetween(from, to) {
      let heads = 0;
      for (let place = from; place < to; place += 1) if (this.store().at(place)?.isHead) heads += 1;
      return heads;
    },

    async textOfPlaces(ends, from, to) {
      return this.textOfRows(ends, await this.readPlaces(from, to + 1));
    },

    /** Of the first and the last row it is what is selected in them; of those between all. */
    textOfRows({ first, last, range }, entries) {
      const partly = new Map([first, last].map((row) => [this.entryOf(row)?.id, row]));
      const textOf = (entry) => {
        const row = partly.get(entry.id);
        if (row) return rowText(row, entry, range, this.copyParts, this.rowView());
        return linesText([entry], this.copyParts, this.rowView());
      };
      return entries.map(textOf).join('\n');
    },

    copyEntries(entries) {
      return this.copyText(linesText(entries, this.copyParts, this.rowView()), countText(entries.length, 'line'));
    },

    async copyText(text, what) {
      this.copyWords = (await copied(text)) ? `${what} copied.` : NOT_ALLOWED;
    },

    /** Text that has to be read first. */
    async copySoon(text, what) {
      this.isCopying = true;
      this.isTooLongToCopy = false;
      this.copyWords = `Copying ${what}…`;
      let problem = null;
      const watched = text.catch((error) => {
        problem = error;
        throw error;
      });
      const isDone = await copied(watched).catch(() => false);
      this.isCopying = false;
      this.copyWords = isDone ? `${what} copied.` : problem ? this.copyProblemText(problem) : NOT_ALLOWED;
    },

    copyProblemText(error) {
      this.isTooLongToCopy = error instanceof TooLong;
      if (this.isTooLongToCopy) return `This is more than ${MOST_BYTES / 2 ** 20} MB: download it instead.`;
      return `Nothing was copied: ${refusalText(error)}.`;
    },

    /** What filters show, whatever of it is on the page. */
    copyAll() {
      return this.copySoon(this.wholeText(), 'All that is shown');
    },

    wholeText() {
      const onProgress = (bytes) => {
        this.copyWords = `Copying, ${numberText(Math.round(bytes / KILOBYTE))} kB…`;
      };
      return readWhole(this.downloadHref('text'), { onProgress });
    },

    /** The chosen lines, or else those that are selected. */
    copyChosen() {
      const entries = this.chosenEntries();
      if (entries) this.copySoon(this.textOfEntries(entries), 'The lines');
    },

    copyMarkdown() {
      const entries = this.chosenEntries();
      if (entries) this.copySoon(this.markdownOfEntries(entries), 'The lines');
    },

    async textOfEntries(entries) {
      return linesText(await entries, this.copyParts, this.rowView());
    },

    async markdownOfEntries(promised) {
      const entries = await promised;
      const { job_name: job, line } = entries[0];
      const words = this.showsJob ? job : `${job}, ${rangeText(rangeOf(line, entries.at(-1).line))}`;
      const href = this.hasRange ? this.linkTo() : this.linkTo(entries[0]);
      return markdownOf(linesText(entries, this.copyParts, this.rowView()), words, href);
    },

    /** A promise of them, at least one; null where nothing is chosen, which is said. */
    chosenEntries() {
      const ends = this.hasRange ? null : selectedEnds(this.$refs.lines);
      if (this.hasRange) return this.readRangeEntries();
      if (ends) return this.readPlaces(Number(ends.first.dataset.place), Number(ends.last.dataset.place) + 1);
      this.copyWords = 'Choose lines first: click the number of one, and another with Shift.';
      return null;
    },

    /** By their numbers: read by its steps, a log has them in another order. */
    async readRangeEntries() {
      const { first, last } = this.range;
      const { first_line: from = first, last_line: to = last } = this.filters;
      const lines = { first_line: Math.max(first, from), last_line: Math.min(last, to), limit: PAGE };
      const entries = [];
      for (let since = 0; ; since = entries.at(-1).id) {
        const { logs } = await this.store().readPage({ ...lines, since });
        entries.push(...logs);
        if (!logs.length) break;
      }
      if (!entries.length) throw new Error('The chosen lines are not shown');
      return entries;
    },

    copyLink() {
      return this.copyText(this.linkTo(), 'The link');
    },

    /** A press on a button would take the selection away that is to be copied. */
    keepSelection() {},

    setCopyPart(event) {
      const { name, checked } = event.currentTarget;
      this.copyParts = { ...this.copyParts, [name]: checked };
      keep('localStorage', PARTS, this.copyParts);
    },

    /** All of a short log is in the document; of another one it is only said that all is selected. */
    selectAll() {
      if (this.store().isShort) return selectionAround(this.$refs.log).selectAllChildren(this.$refs.lines);
      selectionAround(this.$refs.log).removeAllRanges();
      this.isAllSelected = true;
      this.copyWords = `${this.matching === null ? 'All' : numberText(this.matching)} lines are selected: Ctrl+C copies them.`;
      return undefined;
    },

    endSelectingAll() {
      if (!this.isAllSelected) return;
      this.isAllSelected = false;
      this.copyWords = '';
    },

    get selectedClass() {
      return this.isAllSelected ? 'log-all-selected' : '';
    },
    get hasCopyWords() {
      return this.copyWords !== '';
    },
  };
}
