// One entry as one row of the log.
import { address } from '../../lib/addresses.mjs';
import { levelClass } from '../../log-stream.mjs';
import { appendDetails } from './details.mjs';
import { fieldsOf, membersShown } from './fields.mjs';
import { messageOf } from './message.mjs';
import { DEFAULTS } from './settings.mjs';
import { appendText, element } from './text.mjs';
import { fullTimeText, newDayText, timeText, zoneName } from './time.mjs';

/** Whether the entry's line goes on with what a line before it began, as the frames of a stack trace do. */
export function isContinuation(entry) {
  return entry.fields?.continuation === true;
}

/**
 * Inline parts with real spaces between them, so that a copied selection reads like a log file.
 *
 * `view`: whether it `showsJob`, as rows of several jobs do; the `settings` of rows (js/log/rows/settings.mjs); the
 * `previous` entry, null before the first and undefined where it is not known; when the job was `startedAt`.
 */
export function buildRow(entry, view = {}) {
  const { showsJob = false, settings = DEFAULTS, previous } = view;
  const row = element('div', `log-row ${levelClass(entry.level)}${showsJob ? ' log-row-of-job' : ''}`);
  for (const name of ['id', 'line', 'stream']) row.setAttribute(`data-${name}`, entry[name]);
  const day = settings.time !== 'none' && newDayText(entry, settings.zone, previous);
  if (day) row.append(element('div', 'log-day', `${day} · ${zoneName(settings.zone)}`));
  if (settings.line && !showsJob) row.append(lineLink(entry)); // of several jobs they order nothing
  row.append(originOf(entry, view, settings), messageOf(entry, settings));
  const members = membersShown(entry);
  if (members.length) row.append(' ', fieldsOf(members));
  appendDetails(row, entry, members);
  return row;
}

/** When, how bad and from where: said once for lines that belong together. */
function originOf(entry, view, settings) {
  const origin = element('span', 'log-origin');
  if (settings.time !== 'none') origin.append(timeOf(entry, view, settings), ' ');
  if (settings.level) origin.append(element('span', 'log-level', entry.level), ' ');
  if (settings.stream) origin.append(element('span', 'log-stream', entry.stream), ' ');
  if (view.showsJob && settings.job) origin.append(jobLink(entry), ' ');
  if (settings.step && entry.step_name) origin.append(part('log-step', entry.step_name), ' ');
  if (settings.source && entry.source) origin.append(part('log-source', entry.source), ' ');
  return origin;
}

function timeOf(entry, view, settings) {
  const time = element('time', 'log-time', timeText(entry, settings, view));
  time.dateTime = entry.timestamp;
  time.title = fullTimeText(entry.timestamp, settings.zone);
  return time;
}

/** A link to this line. Out of the order of Tab, in which there would be one for each row. */
function lineLink({ line }) {
  const link = element('a', 'log-line', `${line} `);
  link.href = `#L${line}`;
  link.tabIndex = -1;
  return link;
}

/** A link to the line in its job's own log, where the page says where jobs are. */
function jobLink(entry) {
  const href = address('job', entry.job_id);
  const link = part('log-job', entry.job_name, href ? 'a' : 'span');
  if (href) link.href = `${href}#L${entry.line}`;
  return link;
}

function part(className, text, name = 'span') {
  const shown = element(name, className);
  appendText(shown, text);
  return shown;
}
