// The heads of steps in a log that is read by steps: a button that opens and closes one, and how the step stands.
import { describeStep } from '../../jobs/summary.mjs';
import { countText } from '../../lib/words.mjs';
import { appendText, element } from '../rows/text.mjs';

const OUTSIDE = 'Outside of any step';

export class StepHeads {
  /** `onToggle(key)` is called when the reader opens or closes a step. */
  constructor(onToggle) {
    this._onToggle = onToggle;
    this._rows = new Map(); // by key: {row, section, text}, of those in the document and of some that were
  }

  /** The row of a section's head. */
  build({ id, section }, now = Date.now()) {
    const row = element('div', 'log-step-head');
    row.dataset.id = id;
    const button = element('button', 'log-step-toggle');
    button.type = 'button';
    button.dataset.step = section.key;
    button.addEventListener('click', () => this._onToggle(section.key));
    row.append(button);
    const shown = { row, section, text: '' };
    this._rows.set(section.key, shown);
    this._draw(shown, now);
    return row;
  }

  /** Shows how the steps stand now. */
  update(now = Date.now()) {
    for (const [key, shown] of this._rows) {
      if (shown.row.isConnected) this._draw(shown, now);
      else this._rows.delete(key);
    }
  }

  _draw(shown, now) {
    const { row, section } = shown;
    const parts = section.step ? partsOf(section.step, now) : [nameOf(OUTSIDE), factsOf([linesOf(section)])];
    const button = row.firstElementChild;
    button.setAttribute('aria-expanded', String(section.isOpen));
    const text = parts.map(({ className, textContent }) => className + textContent).join(' ');
    if (text === shown.text) return;
    shown.text = text;
    button.replaceChildren(...parts);
  }
}

function partsOf(step, now) {
  const { name, statusClass, statusText, durationText, linesText, ...counts } = describeStep(step, false, now);
  const dot = element('span', `status-dot ${statusClass}`);
  dot.ariaHidden = 'true';
  const parts = [dot, nameOf(name), factsOf([statusText, durationText, linesText])];
  if (counts.errors) parts.push(element('span', 'badge badge-error', counts.errorsText));
  if (counts.warnings) parts.push(element('span', 'badge badge-warn', counts.warningsText));
  if (counts.hasError) {
    const reason = element('span', 'log-step-error');
    appendText(reason, counts.error);
    parts.push(reason);
  }
  return parts;
}

function nameOf(name) {
  const made = element('span', 'log-step-name');
  appendText(made, name);
  return made;
}

function factsOf(facts) {
  return element('span', 'log-step-facts', facts.filter(Boolean).join(' · '));
}

function linesOf({ isLoaded, store, expected }) {
  return countText(isLoaded ? store.size : expected, 'line');
}
