// The timeline of a job's steps: a list of bars, of which those in sight are drawn. There may be thousands.
import { appendText, element } from '../log/rows/text.mjs';
import { barOf, spanOf } from './timeline-layout.mjs';

const ROW_PX = 20; // as css/pictures.css has it
const SPARE = 6; // rows above and below those in sight
const MOVES = { ArrowUp: -1, ArrowDown: 1, PageUp: -8, PageDown: 8, Home: -Infinity, End: Infinity };

export class StepTimeline {
  /** `list` scrolls, and is a listbox: arrows go from step to step, Enter chooses one. `onChoose(id)`. */
  constructor(list, { onChoose }) {
    Object.assign(this, { _list: list, _onChoose: onChoose, _steps: [], _chosen: '', _now: 0, _active: 0 });
    this._space = list.appendChild(element('div', 'timeline-space'));
    this._space.setAttribute('role', 'presentation');
    this._listeners = {
      scroll: () => this._draw(),
      click: (event) => this._click(event),
      keydown: (event) => this._press(event),
    };
    for (const [name, listener] of Object.entries(this._listeners)) list.addEventListener(name, listener);
    this._sizes = new ResizeObserver(() => this._draw());
    this._sizes.observe(list);
  }

  /** The steps in their order, of which one may be chosen (by id). */
  show(steps, chosen, now) {
    if (chosen !== this._chosen)
      this._active = Math.max(
        0,
        steps.findIndex(({ id }) => id === chosen),
      );
    Object.assign(this, { _steps: steps, _chosen: chosen, _now: now });
    this._space.style.height = `${steps.length * ROW_PX}px`;
    this._draw();
  }

  destroy() {
    for (const [name, listener] of Object.entries(this._listeners)) this._list.removeEventListener(name, listener);
    this._sizes.disconnect();
    this._space.remove();
  }

  _draw() {
    const { scrollTop, clientHeight } = this._list;
    const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - SPARE);
    const last = Math.min(this._steps.length, Math.ceil((scrollTop + clientHeight) / ROW_PX) + SPARE);
    const span = spanOf(this._steps, this._now);
    const rows = this._steps.slice(first, last).map((step, place) => this._row(step, first + place, span));
    this._space.replaceChildren(...rows);
    this._list.setAttribute('aria-activedescendant', rows.length ? `timeline-${this._active}` : '');
  }

  _row(step, place, span) {
    const bar = barOf(step, span, this._now);
    const row = element('div', 'timeline-row');
    row.id = `timeline-${place}`;
    row.dataset.timelineStep = step.id;
    row.style.top = `${place * ROW_PX}px`;
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(step.id === this._chosen));
    row.setAttribute('aria-setsize', String(this._steps.length));
    row.setAttribute('aria-posinset', String(place + 1));
    row.classList.toggle('is-active', place === this._active);
    row.title = `${step.name}: ${bar.statusText}${bar.durationText && `, ${bar.durationText}`}`;
    const name = element('span', 'timeline-name');
    appendText(name, step.name);
    row.append(name, trackOf(step, bar), element('span', 'visually-hidden', `, ${bar.statusText}, `));
    row.append(element('span', 'timeline-duration', bar.durationText));
    return row;
  }

  _click(event) {
    const id = event.target.closest('[data-timeline-step]')?.dataset.timelineStep;
    if (id) this._onChoose(id);
  }

  _press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this._steps.length) return;
    if (event.key in MOVES) this._move(MOVES[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') this._onChoose(this._steps[this._active].id);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page has other uses for these keys
  }

  _move(by) {
    this._active = Math.min(Math.max(this._active + by, 0), this._steps.length - 1);
    const top = this._active * ROW_PX;
    const { scrollTop, clientHeight } = this._list;
    if (top < scrollTop) this._list.scrollTop = top;
    if (top + ROW_PX > scrollTop + clientHeight) this._list.scrollTop = top + ROW_PX - clientHeight;
    this._draw();
  }
}

function trackOf(step, { left, width }) {
  const track = element('span', 'timeline-track');
  track.setAttribute('aria-hidden', 'true');
  if (step.started_at) {
    const bar = track.appendChild(element('span', `timeline-bar status-${step.status}`));
    bar.style.left = `${left}%`;
    bar.style.width = `${width}%`;
  }
  return track;
}
