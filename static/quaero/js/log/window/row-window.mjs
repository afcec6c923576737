// The rows of a part of a log in the document, in the order of their places. Rows that stay are never moved, so a
// selection in them, and the focus, survives. What is not held yet, or not built yet, is a gap of about its height.
import { unwatched } from '../../lib/unwatched.mjs';
import { foldButton } from '../rows/fold-button.mjs';
import { isOpen, setOpen } from '../rows/opened.mjs';
import { settings } from '../rows/settings.mjs';
import { element } from '../rows/text.mjs';
import { groupsIn } from './groups.mjs';

const FRAME_BUDGET_MS = 8; // half a frame at 60 Hz; the rest is for layout
const ROWS_BETWEEN_LOOKS = 10; // at the clock

export class RowWindow {
  /** `block` takes the rows. `buildRow(entry, place, previous)` makes one, `buildProblem()` what a gap says that could not
   *  be read. `onFold()` is called when the reader folded lines, or opened them. */
  constructor(block, store, { buildRow, buildProblem, onFold }) {
    Object.assign(this, { block, store, _buildRow: buildRow, _buildProblem: buildProblem, _onFold: onFold });
    this._rows = new Map(); // by the entry's id: {node, from, to, entry, previous}
    this.parts = []; // rows and gaps that are shown, in order: {node, from, to}
    this.from = 0;
    this.to = 0;
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
    Object.assign(this, { from, to });
    const groups = groupsIn(this.store, from, to);
    const isFolded = ({ id }) => groups.headOf.has(id) && !isOpened(groups.headOf.get(id));
    const isLeftOut = isWhole ? () => false : isFolded;
    const isComplete = this._build(from, to, near, isLeftOut);
    this.parts = this._partsOf(from, to, rowHeight, isLeftOut);
    for (const row of this._rows.values()) this._group(row, groups, isFolded(row.entry));
    this._put(kept);
    return isComplete;
  }

  /** Opens the lines among which that place is folded away. */
  unfold(place) {
    const head = groupsIn(this.store, place, place + 1).headOf.get(this.store.at(place)?.id);
    if (head !== undefined) setOpen('group', head, true);
  }

  /** Drops all rows; they are built anew when they are shown next. */
  clear() {
    this._rows.clear();
    this.parts = [];
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
    const plain = { count: 0, isJoined: false, isFolded: false, button: null };
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
  _group(row, { headOf, counts }, isFolded) {
    const { node, entry } = row;
    const isJoined = headOf.has(entry.id);
    if (isJoined !== row.isJoined) node.classList.toggle('log-joined', isJoined);
    if (isFolded !== row.isFolded) node.classList.toggle('log-folded', isFolded);
    Object.assign(row, { isJoined, isFolded });
    const count = counts.get(entry.id) ?? 0;
    if (count !== row.count) this._describeHead(row, count);
  }

  _describeHead(row, count) {
    row.count = count;
    row.button?.remove();
    if (!count) return;
    const { id } = row.entry;
    row.button = foldButton(count, isOpened(id), (isNowOpen) => {
      setOpen('group', id, isNowOpen);
      this._onFold();
    });
    row.node.append(row.button);
  }

  _gap(from, to, rowHeight, known) {
    const gap = known ?? { node: element('div', 'log-gap'), from, to };
    gap.node.style.height = `${(to - from) * rowHeight}px`;
    const { problem } = this.store;
    const isFailed = problem !== null && problem.from < to && from < problem.to;
    if (isFailed && !gap.isFailed) gap.node.replaceChildren(this._buildProblem());
    if (!isFailed && gap.isFailed !== false) gap.node.replaceChildren();
    gap.isFailed = isFailed;
    gap.node.ariaHidden = String(!isFailed);
    return gap;
  }

  /** Puts the parts into the document, and takes out what is not among them. */
  _put(kept) {
    const { block, from } = this;
    const shown = new Set(this.parts);
    for (const [id, row] of this._rows) {
      const isShown = shown.has(row);
      if (!isShown && !kept.has(id)) this._rows.delete(id);
      row.node.classList.toggle('log-kept', !isShown);
    }
    const rows = [...this._rows.values()].filter(({ node }) => node.classList.contains('log-kept'));
    const above = rows.filter((row) => row.from < from).sort((one, other) => one.from - other.from);
    const below = rows.filter((row) => row.from >= from).sort((one, other) => one.from - other.from);
    const nodes = [...above, ...this.parts, ...below].map(({ node }) => node);
    unwatched(() => putInOrder(block, nodes));
  }
}

/** Whether the lines of that head are open. */
function isOpened(head) {
  return isOpen('group', head, settings.now.traces !== 'folded');
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
