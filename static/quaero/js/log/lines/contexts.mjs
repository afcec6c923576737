// The lines around one that a filter shows, opened in place. Which are open is kept by entry, since rows come and go.
import { buildRow } from '../rows/row.mjs';
import { element } from '../rows/text.mjs';
import { jobApi } from '../../lib/addresses.mjs';
import { refusalText } from '../../lib/refusals.mjs';
import { unwatched } from '../../lib/unwatched.mjs';
import { buildQueryParams, fetchJson } from '../../log-stream.mjs';

const AROUND = 5; // lines before and after, at first
const MORE = 20;
const CURSORS = { before: 'before', after: 'since' };

/** A page of the job's log without a filter, beside an entry. */
function readBeside({ id, job_id: job }, side, limit) {
  return fetchJson(`${jobApi(job, '/logs')}?${buildQueryParams({ [CURSORS[side]]: id, limit })}`);
}

export class Contexts {
  /** `rowOf(id)` is the entry's row, null while it is not in the document; `view()` what rows are built with; `onDrawn(row)`
   *  is called for a row whose context was drawn anew. */
  constructor({ rowOf, view, onDrawn, read = readBeside }) {
    Object.assign(this, { _rowOf: rowOf, _view: view, _onDrawn: onDrawn, _read: read });
    this._open = new Map(); // by the entry's id: {entry, before, after, hasMore, problem}
  }

  isOpen(id) {
    return this._open.has(id);
  }

  clear() {
    this._open.clear();
  }

  toggle(entry) {
    if (this._open.delete(entry.id)) return this._draw(entry);
    const context = { entry, before: [], after: [], hasMore: { before: true, after: true }, problem: '' };
    this._open.set(entry.id, context);
    return Promise.all([this._extend(context, 'before', AROUND), this._extend(context, 'after', AROUND)]);
  }

  /** For each row that is built. */
  decorate(row, { id }) {
    const context = this._open.get(id);
    if (context) this._put(row, context);
  }

  async _extend(context, side, limit) {
    const isBefore = side === 'before';
    const edge = (isBefore ? context.before[0] : context.after.at(-1)) ?? context.entry;
    try {
      const { logs, meta } = await this._read(edge, side, limit);
      if (this._open.get(context.entry.id) !== context) return;
      if (meta.reset) throw new Error('They are not stored any more');
      context[side] = isBefore ? [...logs, ...context.before] : [...context.after, ...logs];
      context.hasMore[side] = logs.length >= limit;
      context.problem = '';
    } catch (error) {
      context.problem = `The lines around it could not be read: ${refusalText(error)}.`;
    }
    this._draw(context.entry);
  }

  _draw(entry) {
    const row = this._rowOf(entry.id);
    if (!row) return;
    unwatched(() => this._put(row, this._open.get(entry.id)));
    this._onDrawn(row, entry);
  }

  _put(row, context) {
    for (const part of row.querySelectorAll(':scope > .log-context')) part.remove();
    row.classList.toggle('log-has-context', Boolean(context));
    if (!context) return;
    row.prepend(this._partOf(context, 'before'));
    row.append(this._partOf(context, 'after'));
  }

  _partOf(context, side) {
    const part = element('div', `log-context log-context-${side}`);
    const bar = element('p', 'log-context-bar');
    if (context.hasMore[side]) bar.append(this._moreButton(context, side));
    if (side === 'after') {
      bar.append(buttonOf('Close', () => this.toggle(context.entry)));
      if (context.problem) bar.append(element('span', 'problem', context.problem));
    }
    const rows = context[side].map((entry, place) => this._rowOfContext(entry, context[side][place - 1]));
    part.append(...(side === 'before' ? [bar, ...rows] : [...rows, bar]));
    return part;
  }

  /** It is no row of the log as filtered, so it has no id to be found by. */
  _rowOfContext(entry, previous) {
    const row = buildRow(entry, { ...this._view(), previous });
    row.classList.add('log-row-of-context');
    delete row.dataset.id;
    return row;
  }

  _moreButton(context, side) {
    return buttonOf(`Show ${MORE} more ${side}`, () => this._extend(context, side, MORE));
  }
}

function buttonOf(words, onClick) {
  const button = element('button', 'quiet', words);
  button.type = 'button';
  button.addEventListener('click', (event) => {
    event.stopPropagation(); // it is no click on the line
    onClick();
  });
  return button;
}
