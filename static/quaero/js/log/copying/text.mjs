// Entries as text to be copied: every character of a message, and none of the page's own words.
import { fieldsText } from '../rows/row.mjs';
import { formatTimestamp } from '../../log-stream.mjs';

/** What goes before the message. */
export const USUAL_PARTS = { numbers: false, times: true, origins: true };

/** One entry as a line. `parts` as USUAL_PARTS; `view` is what its row is built with (rows/row.mjs). */
export function lineText(entry, parts, { showsJob = false } = {}) {
  const { line, timestamp, level, job_name: job, step_name: step, source, message, fields } = entry;
  const before = [
    parts.numbers && !showsJob && String(line),
    parts.times && formatTimestamp(timestamp),
    ...(parts.origins ? [level.toUpperCase(), showsJob && job, step, source] : []),
  ];
  const after = parts.origins ? fieldsText(fields, message) : '';
  return [...before.filter(Boolean), after ? `${message} ${after}` : message].join(' ');
}

/** One line for each, as a file has them. */
export function linesText(entries, parts, view) {
  return entries.map((entry) => lineText(entry, parts, view)).join('\n');
}
