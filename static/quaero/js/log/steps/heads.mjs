// The heads of steps in a log that is read by steps: a button that opens and closes one, and how the step stands.
import { describeStep } from '../../jobs/summary.mjs';
import { countText } from '../../lib/words.mjs';
import { appendText, element } from '../rows/text.mjs';

const OUTSIDE = 'Outside of any step';

/** One head: `row`, and in it the `button`. */
export class StepHead {
  constructor(section, onToggle) {
    Object.assign(this, {
      section,
      row: element('div', 'log-step-head'),
      button: element('button', 'log-step-toggle'),
    });
    this._text = '';
    this.button.type = 'button';
    this.button.dataset.step = section.key;
    this.button.addEventListener('click', () => onToggle(section.key));
    this.row.append(this.button);
  }

  draw(now) {
    const { section, button } = this;
    const parts = section.step ? partsOf(section.step, now) : [nameOf(OUTSIDE), factsOf([linesOf(section)])];
    button.setAttribute('aria-expanded', String(section.isOpen));
    const text = parts.map(({ className, textContent }) => className + textContent).join(' ');
    if (text === this._text) return;
    this._text = text;
    button.replaceChildren(...parts);
  }
}

export class StepHeads {
  /** `onToggle(key)` is called when the reader opens or closes a step. */
  constructor(onToggle) {
    this._onToggle = onToggle;
    this._heads = new Map(); // by key, of those in the document and of some that were
  }

  /** The row of a section's head. */
  build({ id, section }, now = Date.now()) {
    const head = new StepHead(section, this._onToggle);
    head.row.dataset.id = id;
    head.draw(now);
    this._heads.set(section.key, head);
    return head.row;
  }

  /** Shows how the steps stand now. */
  update(now = Date.now()) {
    for (const [key, head] of this._heads) {
      if (head.row.isConnected) head.draw(now);
      else this._heads.delete(key);
    }
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
