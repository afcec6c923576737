// The rows of a part of a log in the document, in the order of their places. Rows that stay are never moved, so a
// selection in them, and the focus, survives. What is not held yet, or not built yet, is a gap of about its height.
import { unwatched } from '../../lib/unwatched.mjs';
import { foldButton } from '../rows/fold-button.mjs';
import { isOpen, setOpen } from '../rows/opened.mjs';
import { settings } from '../rows/settings.mjs';
import { element } from '../rows/text.mjs';
import { continued, groupsIn } from './groups.mjs';

const FRAME_BUDGET_MS = 4; // at 60 Hz a quarter of a frame: style, layout and paint of what was built take twice as long
const MOST_GROWN = 200; // rows that come to the end of a whole log at once
const ROWS_BETWEEN_LOOKS = 10; // at the clock

export class RowWindow {
  /** `block` takes the rows. `buildRow(entry, place, previous)` makes one. `onFold()` is called when the reader folded
   *  lines, or opened them. */
  constructor(block, store, { buildRow, onFold }) {
    Object.assign(this, { block, store, _buildRow: buildRow, _onFold: onFold });
    this._rows = new Map(); // by the entry's id: {node, from, to, entry, previous}
    this.parts = []; // rows and gaps that are shown, in order: {node, from, to}
    this.from = 0;
    this.to = 0;
    this._whole = null; // {groups, changes} of what is shown when it is all of a log; null where it is not, or may not be
  }

  get size() {
    return this._rows.size;
  }

  rowAt(place) {
    const entry = this.store.at(place);
    return (entry && this._rows.get(entry.id)?.node) ?? null;
  }

  /** Shows the entries at these places; `near` is built first, and `kept` are ids of rows that stay in the document out of
   *  sight. Lines that are folded away are there, but flat, if `isWhole`: of a long log they are left out. Says whether
   *  all that is held was built: a frame has its budget. */
  show(from, to, { near, kept, rowHeight, isWhole }) {
    if (isWhole && this._grow(from, to)) return true;
    Object.assign(this, { from, to });
    const groups = groupsIn(this.store, from, to);
    const isLeftOut = isWhole ? () => false : ({ id }) => isFolded(groups, id);
    const isComplete = this._build(from, to, near, isLeftOut);
    this.parts = this._partsOf(from, to, rowHeight, isLeftOut);
    for (const row of this._rows.values()) this._group(row, groups);
    this._put(kept);
    this._whole = isWhole && this._hasRowsAlone ? { groups, changes: this.store.changes } : null;
    return isComplete;
  }

  /** Adds what has come to the end of a log that is shown as a whole, and looks at no other row. False where it has
   *  changed otherwise, or where too much has come. */
  _grow(from, to) {
    const { store, _whole: whole } = this;
    if (!whole || from !== this.from || to < this.to || to - this.to > MOST_GROWN || whole.changes !== store.changes)
      return false;
    const groups = continued(whole.groups, store, this.to, to);
    if (!groups) return false;
    const until = performance.now() + FRAME_BUDGET_MS;
    const fresh = [];
    for (let place = this.to; place < to; place += 1) {
      if (!this._ensure(place, () => false) || performance.now() > until) return false;
      fresh.push(this._rowOf(place));
    }
    this.to = to;
    for (const row of fresh) this.parts.push(row);
    for (const row of [...fresh, ...this._headsOf(fresh, groups)]) this._group(row, groups);
    if (fresh.length) unwatched(() => this.block.append(...fresh.map(({ node }) => node)));
    return true;
  }

  _headsOf(rows, { headOf }) {
    const heads = new Set(rows.map(({ entry }) => headOf.get(entry.id)).filter((id) => id !== undefined));
    return [...heads].map((id) => this._rows.get(id));
  }

  get _hasRowsAlone() {
    return this._rows.size === this.to - this.from && this.parts.every(({ entry }) => entry);
  }

  /** Opens the lines among which that place is folded away. */
  unfold(place) {
    const head = groupsIn(this.store, place, place + 1).headOf.get(this.store.at(place)?.id);
    if (head === undefined) return;
    setOpen('group', head, true);
    this._whole = null;
  }

  /** Drops all rows; they are built anew when they are shown next. */
  clear() {
    this._rows.clear();
    this.parts = [];
    this._whole = null;
    unwatched(() => this.block.replaceChildren());
  }

  /** Calls back for each row. */
  forEach(callback) {
    for (const { node, entry, from } of this._rows.values()) callback(node, entry, from);
  }

  /** Builds what is missing, from `near` downwards first. */
  _build(from, to, near, isLeftOut) {
    const until = performance.now() + FRAME_BUDGET_MS;
    const middle = Math.max(from, Math.min(near, to));
    let built = 0;
    for (let step = 0; step < to - from; step += 1) {
      const place = step < to - middle ? middle + step : to - 1 - step; // down to the end, then up from the middle
      if (!this._ensure(place, isLeftOut)) continue;
      built += 1;
      if (built % ROWS_BETWEEN_LOOKS === 0 && performance.now() > until) return false;
    }
    return true;
  }

  /** The row of that place, as what is before it makes it. Says whether it was built. */
  _ensure(place, isLeftOut) {
    const { store } = this;
    const entry = store.at(place);
    if (!entry || isLeftOut(entry)) return false;
    const previous = place === store.first && store.isFirstKnown ? null : store.at(place - 1);
    const row = this._rows.get(entry.id);
    if (row && (row.previous !== undefined || previous === undefined)) {
      if (row.from !== place) this._move(row, place);
      return false;
    }
    row?.node.remove();
    const node = this._buildRow(entry, place, previous);
    const plain = { count: 0, isJoined: false, isFolded: false, isKept: false, button: null };
    this._rows.set(entry.id, { node, entry, previous, from: place, to: place + 1, ...plain });
    return true;
  }

  _move(row, place) {
    Object.assign(row, { from: place, to: place + 1 });
    row.node.dataset.place = place;
  }

  _partsOf(from, to, rowHeight, isLeftOut) {
    const gaps = new Map(this.parts.filter(({ entry }) => !entry).map((gap) => [`${gap.from} ${gap.to}`, gap]));
    const parts = [];
    let place = from;
    const isGap = (at) => at < to && !this._rowOf(at) && !isNone(at);
    const isNone = (at) => this.store.at(at) !== undefined && isLeftOut(this.store.at(at));
    while (place < to) {
      const row = isNone(place) ? undefined : this._rowOf(place);
      let end = place + 1;
      if (isGap(place)) while (isGap(end)) end += 1;
      if (row) parts.push(row);
      else if (!isNone(place)) parts.push(this._gap(place, end, rowHeight, gaps.get(`${place} ${end}`)));
      place = end;
    }
    return parts;
  }

  _rowOf(place) {
    const entry = this.store.at(place);
    return entry && this._rows.get(entry.id);
  }

  /** Draws a row as one of lines that belong together, or as none. */
  _group(row, groups) {
    const { node, entry } = row;
    const isJoined = groups.headOf.has(entry.id);
    const isAway = isFolded(groups, entry.id);
    if (isJoined !== row.isJoined) node.classList.toggle('log-joined', isJoined);
    if (isAway !== row.isFolded) node.classList.toggle('log-folded', isAway);
    Object.assign(row, { isJoined, isFolded: isAway });
    const count = groups.counts.get(entry.id) ?? 0;
    if (count !== row.count) this._describeHead(row, count);
  }

  _describeHead(row, count) {
    row.count = count;
    row.button?.remove();
    if (!count) return;
    const { id } = row.entry;
    row.button = foldButton(count, isOpened(id), (isNowOpen) => {
      setOpen('group', id, isNowOpen);
      this._whole = null;
      this._onFold();
    });
    row.node.append(row.button);
  }

  _gap(from, to, rowHeight, known) {
    const gap = known ?? { node: element('div', 'log-gap'), from, to };
    gap.node.style.height = `${(to - from) * rowHeight}px`;
    const { problem } = this.store;
    const isFailed = problem !== null && problem.from < to && from < problem.to;
    if (isFailed && !gap.isFailed) gap.node.replaceChildren(problemWith(() => this.store.retry()));
    if (!isFailed && gap.isFailed !== false) gap.node.replaceChildren();
    gap.isFailed = isFailed;
    gap.node.ariaHidden = String(!isFailed);
    return gap;
  }

  /** Puts the parts into the document, and takes out what is not among them. */
  _put(kept) {
    const { block, from } = this;
    const shown = new Set(this.parts);
    const rows = [];
    for (const [id, row] of this._rows) {
      const isKept = !shown.has(row);
      if (isKept && !kept.has(id)) {
        this._rows.delete(id);
        continue;
      }
      if (isKept) rows.push(row);
      if (isKept !== row.isKept) row.node.classList.toggle('log-kept', isKept);
      row.isKept = isKept;
    }
    const above = rows.filter((row) => row.from < from).sort((one, other) => one.from - other.from);
    const below = rows.filter((row) => row.from >= from).sort((one, other) => one.from - other.from);
    const nodes = [...above, ...this.parts, ...below].map(({ node }) => node);
    unwatched(() => putInOrder(block, nodes));
  }
}

/** What a gap says whose lines could not be read. */
function problemWith(retry) {
  const problem = element('p', 'problem', 'These lines could not be read. ');
  const button = element('button', 'quiet', 'Try again');
  button.type = 'button';
  button.addEventListener('click', retry);
  problem.append(button);
  return problem;
}

/** Whether the lines of that head are open. */
function isOpened(head) {
  return isOpen('group', head, settings.now.traces !== 'folded');
}

/** Whether the line with this id belongs to lines that are folded away. */
function isFolded({ headOf }, id) {
  return headOf.has(id) && !isOpened(headOf.get(id));
}

/** Makes these the children. Those that stay are in order already, and are not touched. */
function putInOrder(block, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...block.childNodes]) if (!wanted.has(child)) child.remove();
  let cursor = block.firstChild;
  for (const node of nodes) {
    if (node === cursor) cursor = cursor.nextSibling;
    else block.insertBefore(node, cursor);
  }
}
