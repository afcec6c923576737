// Each active filter as a chip: what it says, and that pressing it takes the filter away.
import { LEAVE_NOTHING_OUT } from './address.mjs';
import { timeText } from '../rows/time.mjs';

const NAMES = { search: 'text', first_line: 'first line', last_line: 'last line' };
const MOMENTS = ['from', 'to'];
const AND_ABOVE = ['info', 'warn', 'error'];
const UNKNOWN_STEP = 'another step';
const LONGEST = 60; // characters of a value; the title has all of it

/** `names.stepNameOf(id)`, and the `zone` that times are shown in (rows/settings.mjs). */
function valueText(name, value, { stepNameOf, zone = 'local' }) {
  if (name === 'step') return stepNameOf?.(value) ?? UNKNOWN_STEP;
  if (name === 'level' && AND_ABOVE.includes(value)) return `${value} and above`;
  if (MOMENTS.includes(name)) return timeText({ timestamp: value }, { time: 'absolute', dates: true, zone }) || value;
  return value;
}

function shortened(text) {
  const characters = [...text];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text;
}

/** What a filter says: `source: app.db`. */
export function filterText(name, value, words = {}) {
  return `${NAMES[name] ?? name}: ${shortened(valueText(name, value, words))}`;
}

/** Filters that leave entries out, in the order in which they were chosen last. `problems`: what the server has refused,
 *  by name. */
export function chipsOf(filters, words, problems = {}) {
  const active = Object.entries(filters).filter(([name, value]) => value && !LEAVE_NOTHING_OUT.includes(name));
  return active.map(([name, value]) => ({
    name,
    words: `${filterText(name, value, words)} ✕`,
    dropWords: `Remove “${filterText(name, value, words)}”`,
    title: `Remove the filter ${name}: ${valueText(name, value, words)}`,
    chipClass: problems[name] ? 'chip-refused' : '',
    problem: problems[name] ?? '',
  }));
}

/** What the server refused, by the names of filters. */
export function refusedFilters(error) {
  if (error?.status !== 400) return {};
  return error.detail?.problems ?? {};
}

/** Why nothing is shown, where filters are the reason; `total` entries are there. */
export function nothingText(total, chips) {
  const lines = total === 1 ? 'The one line does not match' : `No line of ${total.toLocaleString('en')} matches`;
  if (chips.length !== 1) return `${lines} these filters together.`;
  return `${lines} the filter “${chips[0].words.slice(0, -2)}”.`;
}
