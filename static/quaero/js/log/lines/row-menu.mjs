// A menu beside a row of the log: what can be done with its line. Out of Alpine's sight, as rows are.
import { element } from '../rows/text.mjs';
import { unwatched } from '../../lib/unwatched.mjs';

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class RowMenu {
  /** `frame` is around the log and takes the menu; `onClose()` is called when the keyboard is to go back to the log. */
  constructor(frame, onClose) {
    Object.assign(this, { _frame: frame, _onClose: onClose, _menu: null });
    this._leave = (event) => !event.composedPath().includes(this._menu) && this.close();
  }

  get isOpen() {
    return this._menu !== null;
  }

  /** `items`: `{words, run}`; `anchor`: the element that it belongs to; `label` names the menu. */
  open(items, anchor, label) {
    this.close();
    const menu = element('div', 'row-menu');
    menu.setAttribute('role', 'menu');
    menu.setAttribute('aria-label', label);
    menu.append(...items.map((item) => this._itemOf(item)));
    menu.addEventListener('keydown', (event) => this._press(event));
    menu.firstElementChild.tabIndex = 0; // a menu that scrolls has something to be reached by Tab
    this._menu = menu;
    unwatched(() => this._frame.append(menu));
    this._place(anchor.getBoundingClientRect());
    menu.firstElementChild.focus({ preventScroll: true });
    document.addEventListener('pointerdown', this._leave, true);
  }

  close() {
    if (!this._menu) return;
    document.removeEventListener('pointerdown', this._leave, true);
    this._menu.remove();
    this._menu = null;
  }

  _itemOf({ words, run }) {
    const item = element('button', 'row-menu-item', words);
    item.type = 'button';
    item.tabIndex = -1;
    item.setAttribute('role', 'menuitem');
    item.addEventListener('click', () => {
      this._closeToLog();
      run();
    });
    return item;
  }

  _closeToLog() {
    this.close();
    this._onClose();
  }

  /** Below its anchor, or above where there is no room, within the frame. */
  _place(anchor) {
    const frame = this._frame.getBoundingClientRect();
    const { width, height } = this._menu.getBoundingClientRect();
    const below = anchor.bottom - frame.top;
    const fits = below + height <= frame.height;
    const top = fits ? below : Math.max(0, Math.min(anchor.top - frame.top, frame.height) - height);
    const left = Math.max(0, Math.min(anchor.left - frame.left, frame.width - width));
    Object.assign(this._menu.style, { top: `${top}px`, left: `${left}px` });
  }

  _press(event) {
    event.stopPropagation(); // the keys of the page are not for it
    const step = STEPS[event.key];
    if (step) this._move(step);
    else if (event.key === 'Home' || event.key === 'End') this._focus(event.key === 'Home' ? 0 : -1);
    else if (event.key === 'Escape' || event.key === 'Tab') this._closeToLog();
    else return;
    event.preventDefault();
  }

  _move(step) {
    const items = [...this._menu.children];
    const place = items.findIndex((item) => item.matches(':focus'));
    this._focus((place + step + items.length) % items.length);
  }

  _focus(place) {
    [...this._menu.children].at(place).focus({ preventScroll: true });
  }
}
