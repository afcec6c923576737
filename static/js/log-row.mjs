// One entry as one row of the log.
import { formatTimestamp, levelClass } from './log-stream.mjs';
import { ansiTokens } from './log-ansi.mjs';
import { appendText, appendTokens, element } from './log-text.mjs';

const LONG_MESSAGE = 10000; // characters; a line of 1 MiB is shown when somebody asks for it

/** `key=value` for each field, nested ones as JSON. */
export function fieldsText(fields) {
  if (!fields || typeof fields !== 'object') return '';
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function messageOf(entry) {
  const { message, ansi } = entry;
  const shown = element('span', 'log-message');
  if (message.length > LONG_MESSAGE) {
    appendText(shown, message.slice(0, LONG_MESSAGE));
    shown.append(moreButton(entry, shown));
  } else if (ansi) {
    appendTokens(shown, ansiTokens(ansi, message));
  } else {
    appendText(shown, message);
  }
  return shown;
}

function moreButton(entry, shown) {
  const hidden = entry.message.length - LONG_MESSAGE;
  const button = element('button', 'log-more', `Show ${hidden.toLocaleString('en')} more characters`);
  button.type = 'button';
  button.addEventListener('click', () => {
    shown.replaceChildren();
    appendText(shown, entry.message);
  });
  return button;
}

/** Inline parts with real spaces between them, so that a copied selection reads like a log file. */
export function buildRow(entry, showsJob = false) {
  const row = element('div', `log-row ${levelClass(entry.level)}`);
  row.dataset.id = entry.id;
  row.dataset.stream = entry.stream;
  const time = element('time', 'log-time', formatTimestamp(entry.timestamp));
  time.dateTime = entry.timestamp;
  if (!showsJob) row.append(element('span', 'log-line', entry.line), ' '); // numbers of several jobs order nothing
  row.append(time, ' ', element('span', 'log-level', entry.level), ' ');
  if (showsJob) row.append(jobLink(entry), ' ');
  if (entry.step_name) row.append(part('log-step', entry.step_name), ' ');
  if (entry.source) row.append(part('log-source', entry.source), ' ');
  row.append(messageOf(entry));
  const fields = fieldsText(entry.fields);
  if (fields) row.append(' ', part('log-fields', fields));
  return row;
}

function jobLink(entry) {
  const link = part('log-job', entry.job_name, 'a');
  link.href = `/jobs/${encodeURIComponent(entry.job_id)}/`;
  return link;
}

function part(className, text, name = 'span') {
  const shown = element(name, className);
  appendText(shown, text);
  return shown;
}
