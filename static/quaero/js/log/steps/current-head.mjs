// The head of the step whose lines are read, at the top of the view while its own place is above that. It is for eye and
// pointer alone: who reads by keyboard or screen reader has the head itself, and meets no step twice.
import { unwatched } from '../../lib/unwatched.mjs';
import { element } from '../rows/text.mjs';
import { StepHead } from './heads.mjs';

const USUAL_PX = 29; // until one was measured

export class CurrentHead {
  /** `log` scrolls, `lines` in it are what is read. `onFold(key)` is called when the reader folds the step. */
  constructor(log, lines, onFold) {
    Object.assign(this, { _onFold: onFold, _head: null, height: USUAL_PX }); // of the view that it covers
    this._place = element('div', 'log-current-head');
    this._place.ariaHidden = 'true';
    this._place.hidden = true;
    this._place.addEventListener('pointerdown', (event) => event.preventDefault()); // the focus stays in the log
    unwatched(() => log.insertBefore(this._place, lines));
  }

  destroy() {
    this._place.remove();
  }

  /** That section's head, or none (null). The next one pushes it out of the view: `room` is what is left for it. */
  show(section, room) {
    this._place.hidden = section === null;
    if (!section) return this._clear();
    if (this._head?.section !== section) this._put(section);
    else this.update();
    this.height = this._head.row.offsetHeight;
    const pushed = Math.max(0, this.height - room);
    this._head.row.style.transform = pushed ? `translateY(-${pushed}px)` : '';
    return undefined;
  }

  /** How the step stands now. */
  update(now = Date.now()) {
    this._head?.draw(now);
  }

  _clear() {
    if (!this._head) return;
    this._head = null;
    unwatched(() => this._place.replaceChildren());
  }

  _put(section) {
    this._head = new StepHead(section, this._onFold);
    this._head.draw(Date.now());
    Object.assign(this._head.button, { tabIndex: -1, className: 'log-current-toggle' });
    unwatched(() => this._place.replaceChildren(this._head.row));
  }
}
