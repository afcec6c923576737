// Entries as text to be copied: every character of a message, and none of the page's own words.
import { membersShown, valueText } from '../rows/fields.mjs';
import { DEFAULTS } from '../rows/settings.mjs';
import { timeText } from '../rows/time.mjs';

/** What goes before the message. */
export const USUAL_PARTS = { numbers: false, times: true, origins: true };

/** A time of the clock, where rows show a span or none: a copied line stands by itself. */
function clock(settings) {
  return { ...settings, time: 'absolute' };
}

/** `name=value` for each field that the message does not say already. */
function fieldsText(entry) {
  return membersShown(entry)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

/** One entry as a line. `parts` as USUAL_PARTS; `view` is what its row is built with (rows/row.mjs). */
export function lineText(entry, parts, view = {}) {
  const { showsJob = false, settings = DEFAULTS } = view;
  const { line, level, job_name: job, step_name: step, source, message } = entry;
  const before = [
    parts.numbers && !showsJob && String(line),
    parts.times && timeText(entry, clock(settings), view),
    ...(parts.origins ? [level.toUpperCase(), showsJob && job, step, source] : []),
  ];
  const after = parts.origins ? fieldsText(entry) : '';
  return [...before.filter(Boolean), after ? `${message} ${after}` : message].join(' ');
}

/** One line for each, as a file has them. */
export function linesText(entries, parts, view) {
  return entries.map((entry) => lineText(entry, parts, view)).join('\n');
}
