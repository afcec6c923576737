// What a reader has selected in a log: rows that must stay in the document, or the selection would end with them.

export class SelectedRows {
  /** `onMade()` is called when the reader selects text with the pointer. */
  constructor(lines, onMade) {
    Object.assign(this, { _lines: lines, isBeingMade: false });
    this._stop = new AbortController();
    const listening = { signal: this._stop.signal };
    lines.addEventListener('pointerdown', (event) => event.button === 0 && this._begin(), listening);
    for (const name of ['pointerup', 'pointercancel', 'blur'])
      globalThis.addEventListener(name, () => this._end(), listening);
    const changed = () => this.isBeingMade && !this._selection.isCollapsed && onMade();
    document.addEventListener('selectionchange', changed, listening);
  }

  destroy() {
    this._stop.abort();
  }

  /** The ids of the rows in which the selection begins and ends. */
  get ids() {
    const { _selection: selection } = this;
    if (!selection || selection.isCollapsed) return new Set();
    const ids = [selection.anchorNode, selection.focusNode].map((node) => this._idOf(node));
    return new Set(ids.filter((id) => id !== null));
  }

  _idOf(node) {
    const start = node instanceof Element ? node : node?.parentElement;
    const row = start?.closest('[data-id]');
    return row && this._lines.contains(row) ? Number(row.dataset.id) : null;
  }

  /** In a shadow tree Chromium gives its own. */
  get _selection() {
    const root = this._lines.getRootNode();
    return root.getSelection?.() ?? document.getSelection();
  }

  _begin() {
    this.isBeingMade = true;
  }

  _end() {
    this.isBeingMade = false;
  }
}
