// A JSON value as a tree that opens where the reader looks: a branch is built when it is opened first.
import { jsonText } from '../lib/exact-json.mjs';
import { appendText, element } from '../log/rows/text.mjs';
import { isSmall, membersOf, sizeOf, summaryOf, typeOf } from './model.mjs';
import { numberText } from '../lib/words.mjs';

const PART = 200; // members of a branch that are built at once
const LONG_TEXT = 2000; // characters

/** What is small is shown whole, of anything else the first level. */
export function buildTree(value) {
  const root = element('div', 'json-tree');
  root.append(sizeOf(value) ? branch(null, value, isSmall(value), true) : leaf(null, value));
  return root;
}

function branch(label, value, isAllOpen, isRoot = false) {
  const made = element('details', 'json-branch');
  const summary = element('summary');
  appendLabel(summary, label);
  summary.append(element('span', 'json-summary', summaryOf(value)));
  made.append(summary);
  const fill = () => {
    made.removeEventListener('toggle', fill);
    if (made.childElementCount === 1) made.append(members(value, isAllOpen));
  };
  made.addEventListener('toggle', fill);
  if (isRoot || isAllOpen) fill();
  made.open = isRoot || isAllOpen;
  return made;
}

function members(value, isAllOpen) {
  const size = sizeOf(value);
  const list = element('div', 'json-members');
  const node = ([label, member]) => (sizeOf(member) ? branch(label, member, isAllOpen) : leaf(label, member));
  const add = (from) => {
    list.append(...membersOf(value, from, from + PART).map(node));
    const left = size - from - PART;
    if (left > 0) list.append(moreButton(`Show more of ${numberText(left)}`, () => add(from + PART)));
  };
  add(0);
  return list;
}

function leaf(label, value) {
  const made = element('div', 'json-leaf');
  appendLabel(made, label);
  const shown = element('span', `json-value json-${typeOf(value)}`);
  const text = typeof value === 'string' ? value : jsonText(value);
  appendText(shown, text.slice(0, LONG_TEXT));
  made.append(shown);
  if (text.length > LONG_TEXT) {
    made.append(
      moreButton(`Show ${numberText(text.length - LONG_TEXT)} more characters`, () => {
        shown.replaceChildren();
        appendText(shown, text);
      }),
    );
  }
  return made;
}

function appendLabel(parent, label) {
  if (label === null) return;
  const shown = element('span', 'json-label');
  appendText(shown, label);
  parent.append(shown, ' ');
}

/** A button that goes when it is pressed. */
export function moreButton(words, action) {
  const button = element('button', 'quiet json-more', words);
  button.type = 'button';
  button.addEventListener('click', () => {
    button.remove();
    action();
  });
  return button;
}
