// The message of an entry: in its colours, with its links, cut and folded where it is long.
import { ansiTokens } from './ansi.mjs';
import { foldButton } from './fold-button.mjs';
import { linksIn } from './links.mjs';
import { isOpen, setOpen } from './opened.mjs';
import { Painter } from './painting.mjs';
import { appendText, element } from './text.mjs';
import { foldIn } from './traces.mjs';
import { numberText } from '../../lib/words.mjs';

export const LONG_MESSAGE = 10000; // characters; a line of 1 MiB is shown when the reader asks for it
const MAY_NEED_MORE = /[\n]|:\/\//;

/** `settings`: how traces are without a choice of the reader's. */
export function messageOf(entry, settings) {
  const shown = element('span', 'log-message');
  const { message } = entry;
  if (message.length <= LONG_MESSAGE && !entry.ansi && !MAY_NEED_MORE.test(message)) appendText(shown, message);
  else paint(shown, entry, settings);
  return shown;
}

function paint(shown, entry, settings) {
  const { message, ansi } = entry;
  const end = isOpen('text', entry.id) ? message.length : cutOf(message);
  const text = message.slice(0, end);
  const tokens = ansi && globalThis.Anser ? ansiTokens(ansi, message, globalThis.Anser, end) : [];
  const painter = new Painter(message, { tokens, links: linksIn(text) });
  const fold = foldIn(text);
  if (fold) paintFolded(shown, painter, fold, entry, settings);
  painter.append(shown, fold?.to ?? 0, end);
  if (end < message.length) shown.append(moreButton(shown, entry, settings, message.length - end));
}

/** Where the shown part ends: not between the two halves of a character. */
function cutOf(message) {
  if (message.length <= LONG_MESSAGE) return message.length;
  return LONG_MESSAGE - (message.codePointAt(LONG_MESSAGE - 1) > 0xffff ? 1 : 0);
}

function paintFolded(shown, painter, { from, to, lines, isLong }, { id }, settings) {
  const frames = element('span', 'log-frames');
  const show = (isOpened) => frames.classList.toggle('log-folded', !isOpened);
  const isOpened = isOpen('trace', id, settings.traces === 'open' && !isLong);
  painter.append(shown, 0, from);
  painter.append(frames, from, to);
  show(isOpened);
  const button = foldButton(lines, isOpened, (isNowOpen) => {
    setOpen('trace', id, isNowOpen);
    show(isNowOpen);
  });
  shown.append(button, frames);
}

function moreButton(shown, entry, settings, hidden) {
  const button = element('button', 'log-more', `Show ${numberText(hidden)} more characters`);
  button.type = 'button';
  button.addEventListener('click', () => {
    setOpen('text', entry.id, true);
    shown.replaceChildren();
    paint(shown, entry, settings);
  });
  return button;
}
