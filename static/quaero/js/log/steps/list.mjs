// A job's steps as buttons. Drawn without Alpine, as the log is: there may be thousands, and of those each second a
// few change.
import { describeStep } from '../../jobs/summary.mjs';
import { unwatched } from '../../lib/unwatched.mjs';
import { appendText, element } from '../rows/text.mjs';

const FIRST_PART = 60; // more than a window shows
const PART = 400; // built in one go; the log and the browser have their turns in between

export class StepList {
  /** `list` takes an item for each step, after those that it has. */
  constructor(list) {
    this._list = list;
    this._shown = new Map(); // by id: {step, isChosen, item}
    this._building = null;
  }

  /** The steps in their order, of which one may be chosen (by id). Those that are the objects they were are left alone. */
  show(steps, chosen, now) {
    clearTimeout(this._building);
    if (!this._continues(steps)) this._clear();
    this._build(steps, chosen, now, 0);
  }

  /** The durations of what runs go on; of what has not begun there may be thousands, which have none. */
  tick(now) {
    for (const shown of this._shown.values()) if (shown.step.status === 'running') this._draw(shown, now);
  }

  destroy() {
    clearTimeout(this._building);
  }

  /** Whether what is shown is the beginning of these, so that nothing moves. */
  _continues(steps) {
    let place = 0;
    for (const id of this._shown.keys()) {
      if (steps[place]?.id !== id) return false;
      place += 1;
    }
    return true;
  }

  _clear() {
    for (const { item } of this._shown.values()) item.remove();
    this._shown.clear();
  }

  _build(steps, chosen, now, from) {
    const fresh = document.createDocumentFragment();
    const known = this._shown.size;
    const until = Math.max(known, from + (from ? PART : FIRST_PART));
    for (const step of steps.slice(from, until)) {
      const isChosen = step.id === chosen;
      const shown = this._shown.get(step.id);
      if (!shown) fresh.append(this._add(step, isChosen, now));
      else if (shown.step !== step || shown.isChosen !== isChosen)
        this._draw(Object.assign(shown, { step, isChosen }), now);
    }
    unwatched(() => this._list.append(fresh));
    if (until < steps.length) this._building = setTimeout(() => this._build(steps, chosen, now, until), 0);
  }

  _add(step, isChosen, now) {
    const shown = { step, isChosen, item: element('li'), text: '' };
    this._shown.set(step.id, shown);
    this._draw(shown, now);
    return shown.item;
  }

  _draw(shown, now) {
    const described = describeStep(shown.step, shown.isChosen, now);
    const text = Object.values(described).join(' ');
    if (text === shown.text) return;
    shown.text = text;
    const button = shown.item.firstElementChild ?? shown.item.appendChild(buttonOf(described));
    button.setAttribute('aria-pressed', described.pressed);
    const reason = described.hasError ? [reasonOf(described)] : [];
    unwatched(() => button.replaceChildren(nameOf(described), factsOf(described), ...reason));
  }
}

function buttonOf({ id }) {
  const button = element('button', 'step');
  button.type = 'button';
  button.dataset.stepId = id;
  return button;
}

function nameOf({ name, statusClass }) {
  const made = element('span', 'step-name');
  const dot = element('span', `status-dot ${statusClass}`);
  dot.ariaHidden = 'true';
  made.append(dot);
  appendText(made, name);
  return made;
}

function factsOf({ statusText, durationText, linesText, errors, errorsText, warnings, warningsText }) {
  const made = element('span', 'step-facts');
  made.append([statusText, durationText, linesText].filter(Boolean).join(' · '), ' ');
  if (errors) made.append(element('span', 'badge badge-error', errorsText), ' ');
  if (warnings) made.append(element('span', 'badge badge-warn', warningsText));
  return made;
}

function reasonOf({ error }) {
  const made = element('span', 'step-error');
  made.title = error;
  appendText(made, error);
  return made;
}
