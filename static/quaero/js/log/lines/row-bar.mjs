// The buttons of the line under the pointer. They stand over the log and not in its rows: so they are built once, and are
// no part of what is selected.
import { element } from '../rows/text.mjs';
import { unwatched } from '../../lib/unwatched.mjs';

export class RowBar {
  /** `frame` is around the scrolling `log`. `canShowAround()`; `showAround(row)`, `openMenu(row, anchor)`. */
  constructor(frame, log, { canShowAround, showAround, openMenu }) {
    Object.assign(this, { _frame: frame, _canShowAround: canShowAround, _row: null });
    this._around = buttonOf('Around', 'Show the lines around this one ( c )', () => showAround(this._row));
    this._more = buttonOf('⋯', 'What can be done with this line ( m )', () => openMenu(this._row, this._more));
    this._more.setAttribute('aria-haspopup', 'menu');
    this._bar = element('div', 'row-bar');
    this._bar.append(this._around, this._more);
    this._bar.hidden = true;
    unwatched(() => frame.append(this._bar));
    this._listening = new AbortController();
    const { signal } = this._listening;
    log.addEventListener('pointerover', (event) => this._enter(event), { signal });
    log.addEventListener('scroll', () => this._hide(), { signal, passive: true });
    frame.addEventListener('pointerleave', () => this._hide(), { signal });
  }

  destroy() {
    this._listening.abort();
    this._bar.remove();
  }

  _enter({ target, buttons }) {
    const row = buttons ? null : target.closest('.log-row[data-place]'); // not while text is being selected
    if (!row) return this._hide();
    this._row = row;
    this._around.hidden = !this._canShowAround();
    const place = row.getBoundingClientRect().top - this._frame.getBoundingClientRect().top;
    this._bar.style.top = `${Math.max(0, place)}px`;
    this._bar.hidden = false;
    return undefined;
  }

  _hide() {
    this._bar.hidden = true;
  }
}

/** Out of the order of Tab: the keyboard has keys for the current line instead of a button for each. */
function buttonOf(text, title, onClick) {
  const button = element('button', 'quiet', text);
  Object.assign(button, { type: 'button', title, tabIndex: -1 });
  button.setAttribute('aria-label', title.replace(/ \(.*/, ''));
  button.addEventListener('click', onClick);
  return button;
}
