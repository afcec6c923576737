// The fields of an entry beside its message: each a part of its own, that its reader may filter by.
import { linksIn } from './links.mjs';
import { Painter } from './painting.mjs';
import { appendText, element } from './text.mjs';

const LONG_VALUE = 1000; // characters; the tree shows the whole of it
const MOST_FIELDS = 100;
const LONGEST_NAME = 200; // that a filter takes
const NOT_IN_NAMES = /["\\=]/;

/** An exception, or another text of several lines, that stands in the message already. */
function isRepeated(name, value, message) {
  const mayBe = typeof value === 'string' && (name.startsWith('exception.') || value.includes('\n'));
  return mayBe && message.includes(value.trim());
}

/** The fields as `[name, value]` that the message does not show already. */
export function membersShown({ fields, message }) {
  if (!fields || typeof fields !== 'object') return [];
  return Object.entries(fields).filter(
    ([name, value]) => !(name === 'continuation' && value === true) && !isRepeated(name, value, message),
  );
}

/** A value as its row shows it, nested ones as JSON. */
export function valueText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether the filter `fields.NAME` can ask for it: a text, number or boolean of moderate length. */
function isAskedFor(name, value) {
  const text = String(value);
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value) && text && text.length <= LONG_VALUE;
  return Boolean(isScalar) && name.length <= LONGEST_NAME && !NOT_IN_NAMES.test(name) && name.split('.').every(Boolean);
}

/** `name=value` for each of `members`, one after another. What can be filtered by says so: `data-field`, `data-value`. */
export function fieldsOf(members) {
  const shown = element('span', 'log-fields');
  for (const [name, value] of members.slice(0, MOST_FIELDS)) {
    if (shown.firstChild) shown.append(' ');
    shown.append(fieldOf(name, value));
  }
  if (members.length > MOST_FIELDS) shown.append(` … and ${members.length - MOST_FIELDS} more`);
  return shown;
}

function fieldOf(name, value) {
  const field = element('span', 'log-field');
  if (isAskedFor(name, value)) {
    field.setAttribute('data-field', name);
    field.setAttribute('data-value', value);
  }
  const whole = valueText(value);
  const text = whole.length > LONG_VALUE ? `${whole.slice(0, LONG_VALUE)}…` : whole;
  appendText(field, `${name}=`);
  if (text.includes('://')) new Painter(text, { links: linksIn(text) }).append(field, 0, text.length);
  else appendText(field, text);
  return field;
}
