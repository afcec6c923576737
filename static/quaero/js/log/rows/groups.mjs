// Lines that belong together as one: the first is the head, with a level and a button that folds the others away.
//
// Folded rows stay in the document with all their text (the stylesheet makes them flat), so that what is copied, and
// what the browser's search finds, is the whole log.
import { isContinuation } from './row.mjs';
import { element } from './text.mjs';
import { countText } from '../../lib/words.mjs';

const MOST_ORPHANS = 1000;

/** Lines of two streams may alternate. What continues a line has its job, its stream and its level. */
const kinshipOf = (entry) => `${entry.job_id ?? ''} ${entry.stream} ${entry.level}`;

export class LogGroups {
  constructor() {
    this.clear();
  }

  clear() {
    this._heads = new Map(); // the row that the next continuation joins, by kinship
    this._orphans = []; // rows whose head is among older lines
    this._members = new WeakMap(); // rows that joined, by head; gone with it
  }

  /** Takes rows that stand in the document, of entries after those that were taken before. */
  append(entries, rows) {
    for (const [place, entry] of entries.entries()) this._take(entry, rows[place], this._heads);
  }

  /** Takes rows of entries before all others. Rows that had no head may find it now. */
  prepend(entries, rows) {
    const heads = new Map();
    const orphans = this._orphans;
    this._orphans = [];
    for (const [place, entry] of entries.entries()) this._take(entry, rows[place], heads);
    for (const { entry, row } of orphans) this._take(entry, row, heads);
    for (const [kinship, head] of heads) if (!this._heads.has(kinship)) this._heads.set(kinship, head);
  }

  _take(entry, row, heads) {
    const kinship = kinshipOf(entry);
    if (!isContinuation(entry)) heads.set(kinship, row);
    else if (heads.get(kinship)?.isConnected) this._join(heads.get(kinship), row);
    else if (!heads.has(kinship) && this._orphans.length < MOST_ORPHANS) this._orphans.push({ entry, row });
  }

  _join(head, row) {
    const members = this._members.get(head) ?? this._begin(head);
    members.push(row);
    row.classList.add('log-joined');
    row.classList.toggle('log-folded', this._isFolded(head));
    this._describe(head);
  }

  _begin(head) {
    const button = element('button', 'log-fold');
    button.type = 'button';
    button.setAttribute('aria-expanded', 'true');
    button.addEventListener('click', () => this._toggle(head));
    head.append(' ', button);
    this._members.set(head, []);
    return this._members.get(head);
  }

  _toggle(head) {
    const isFolded = !this._isFolded(head);
    head.querySelector('.log-fold').setAttribute('aria-expanded', String(!isFolded));
    for (const row of this._members.get(head)) row.classList.toggle('log-folded', isFolded);
    this._describe(head);
  }

  _isFolded(head) {
    return head.querySelector('.log-fold').getAttribute('aria-expanded') === 'false';
  }

  /** The words are the stylesheet's to show: as text they would be copied with the line. */
  _describe(head) {
    const button = head.querySelector('.log-fold');
    const words = countText(this._members.get(head).length, 'more line');
    button.dataset.words = words;
    button.setAttribute('aria-label', words);
  }
}
