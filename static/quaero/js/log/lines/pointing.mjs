// What of a log viewer is about single lines: what a click on a part of one does, its menu, and the lines around it.
// Members of its component.
import { Contexts } from './contexts.mjs';
import { filterOfPart, filtersOf } from './filters-of-entries.mjs';
import { RowMenu } from './row-menu.mjs';
import { RowBar } from './row-bar.mjs';
import { selectionAround } from '../copying/selection.mjs';

const CONTROLS = 'a:not(.log-line), button, summary, input';
const PARTS = '.log-source, .log-step, .log-level, [data-field]';

export function pointing() {
  let contexts = null;
  let menu = null;
  let bar = null;
  let listening = null;

  return {
    attachPointing(viewport) {
      const { log, lines } = this.$refs;
      const frame = log.parentElement;
      contexts = new Contexts({
        rowOf: (id) => this.rowOf(id),
        view: () => this.rowView(),
        onDrawn: (row) => this.paintRow(row),
      });
      viewport.decorators.add((row, entry) => contexts.decorate(row, entry));
      menu = new RowMenu(frame, () => log.focus({ preventScroll: true }));
      bar = new RowBar(frame, log, {
        canShowAround: () => this.isHidingLines,
        showAround: (row) => this.showAround(this.entryOf(row)),
        openMenu: (row, anchor) => this.openRowMenu(row, anchor),
      });
      listening = new AbortController();
      lines.addEventListener('click', (event) => this.clickLine(event), { signal: listening.signal });
    },

    detachPointing() {
      listening?.abort();
      bar?.destroy();
      menu?.close();
      contexts = null;
    },

    /** Other lines are shown from now on. */
    closeContexts() {
      contexts?.clear();
    },

    entryOf(row) {
      return this.store()?.at(Number(row.dataset.place));
    },

    /** The entry that the keyboard is on. */
    currentEntry() {
      const place = this.viewport()?.current ?? null;
      const entry = place === null ? undefined : this.store().at(place);
      return entry?.isHead ? undefined : entry; // the head of a step is no line
    },

    clickLine(event) {
      const row = event.target.closest('.log-row');
      const entry = row?.dataset.place === undefined ? undefined : this.entryOf(row);
      if (!entry || event.target.closest(CONTROLS)) return;
      if (event.target.closest('.log-line')) return this.clickNumber(event, entry);
      if (!selectionAround(row).isCollapsed) return; // text was selected, perhaps to be copied
      const time = event.target.closest('.log-time');
      if (time) return this.openRowMenu(row, time);
      const part = event.target.closest(PARTS);
      if (part) this.addFiltersOf(entry, filterOfPart(part, entry));
    },

    clickNumber(event, { line }) {
      if (event.ctrlKey || event.metaKey) return; // another tab
      event.preventDefault();
      this.chooseLine(line, event.shiftKey);
      if (event.shiftKey) selectionAround(event.target).removeAllRanges(); // which Shift makes of the text between
    },

    addFiltersOf({ step_id: step, step_name: name }, added) {
      if (added?.step) this.namesOfSteps = { ...this.namesOfSteps, [step]: name };
      if (added) this.addFilters(added);
    },

    openRowMenu(row, anchor) {
      const entry = this.entryOf(row);
      const fields = [...row.querySelectorAll(':scope > .log-fields [data-field]')];
      const values = fields.map(({ dataset: { field, value } }) => [field, value]);
      if (entry) menu.open(this.menuItems(entry, values), anchor, `Line ${entry.line}`);
    },

    menuItems(entry, fields) {
      const filters = filtersOf(entry, fields).map(({ words, added }) => ({
        words,
        run: () => this.addFiltersOf(entry, added),
      }));
      const around = { words: this.aroundWords(entry), run: () => this.showAround(entry) };
      const copies = [
        { words: 'Copy this line', run: () => this.copyEntries([entry]) },
        { words: 'Copy a link to this line', run: () => this.copyText(this.linkTo(entry), 'The link') },
      ];
      const choose = { words: 'Choose the lines up to this one', run: () => this.chooseLine(entry.line, true) };
      const isOfOneJob = !this.showsJob;
      return [...(this.isHidingLines ? [around] : []), ...filters, ...copies, ...(isOfOneJob ? [choose] : [])];
    },

    /** By keyboard: the menu of the current line. */
    openCurrentMenu() {
      const { current } = this.viewport();
      const row = this.currentEntry() ? this.viewport().rowAt(current) : null;
      if (row) this.openRowMenu(row, row.querySelector(':scope > .log-message'));
    },

    showAround(entry) {
      if (entry && this.isHidingLines) contexts.toggle(entry);
    },

    aroundWords({ id }) {
      return contexts.isOpen(id) ? 'Close the lines around it' : 'Show the lines around it';
    },

    /** Whether filters hide lines that stand beside those that are shown. */
    get isHidingLines() {
      return this.hasChips || this.showsJob;
    },
  };
}
