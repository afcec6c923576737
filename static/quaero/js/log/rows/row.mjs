// One entry as one row of the log.
import { address } from '../../lib/addresses.mjs';
import { formatTimestamp, levelClass } from '../../log-stream.mjs';
import { ansiTokens } from './ansi.mjs';
import { appendText, appendTokens, element } from './text.mjs';

const LONG_MESSAGE = 10000; // characters; a line of 1 MiB is shown when the reader asks for it

/** Whether the entry's line goes on with what a line before it began, as the frames of a stack trace do. */
export function isContinuation(entry) {
  return entry.fields?.continuation === true;
}

/** An exception, or another text of several lines, that stands in the message already. */
function isRepeated(name, value, message) {
  const mayBe = typeof value === 'string' && (name.startsWith('exception.') || value.includes('\n'));
  return mayBe && message.includes(value.trim());
}

/** `key=value` for each field that the message does not show already, nested ones as JSON. */
export function fieldsText(fields, message = '') {
  if (!fields || typeof fields !== 'object') return '';
  return Object.entries(fields)
    .filter(([name, value]) => !(name === 'continuation' && value === true) && !isRepeated(name, value, message))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function messageOf(entry) {
  const { message, ansi } = entry;
  const shown = element('span', 'log-message');
  if (message.length > LONG_MESSAGE) {
    appendText(shown, message.slice(0, LONG_MESSAGE));
    shown.append(moreButton(entry, shown));
  } else if (ansi && globalThis.Anser) {
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
  if (showsJob) row.classList.add('log-row-of-job');
  row.dataset.id = entry.id;
  row.dataset.stream = entry.stream;
  if (!showsJob) row.append(element('span', 'log-line', `${entry.line} `)); // numbers of several jobs order nothing
  row.append(originOf(entry, showsJob), messageOf(entry));
  const fields = fieldsText(entry.fields, entry.message);
  if (fields) row.append(' ', part('log-fields', fields));
  return row;
}

/** When, how bad and from where: said once for lines that belong together. */
function originOf(entry, showsJob) {
  const origin = element('span', 'log-origin');
  const time = element('time', 'log-time', formatTimestamp(entry.timestamp));
  time.dateTime = entry.timestamp;
  origin.append(time, ' ', element('span', 'log-level', entry.level), ' ');
  if (showsJob) origin.append(jobLink(entry), ' ');
  if (entry.step_name) origin.append(part('log-step', entry.step_name), ' ');
  if (entry.source) origin.append(part('log-source', entry.source), ' ');
  return origin;
}

/** A link where the page says where jobs are. */
function jobLink(entry) {
  const href = address('job', entry.job_id);
  const link = part('log-job', entry.job_name, href ? 'a' : 'span');
  if (href) link.href = href;
  return link;
}

function part(className, text, name = 'span') {
  const shown = element(name, className);
  appendText(shown, text);
  return shown;
}
