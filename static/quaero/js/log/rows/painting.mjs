// Text with its colours and links as elements.
import { textColor } from './legible.mjs';
import { appendText, element } from './text.mjs';

/** A link that opens beside the log. `isNamed`: its text is not its address, which is then said by a tooltip. */
function linkTo({ href, isNamed }) {
  const link = element('a', 'log-link');
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  if (isNamed) link.title = href;
  return link;
}

/** The links that tokens are, and those of the text that are not within one. */
function allLinks(tokens, links) {
  const named = [];
  for (const { start, text, href } of tokens) {
    if (!href) continue;
    const before = named.at(-1);
    if (before?.href === href && before.end === start) before.end += text.length;
    else named.push({ start, end: start + text.length, href, isNamed: true });
  }
  if (!named.length) return links;
  const isApart = (link) => named.every(({ start, end }) => link.end <= start || end <= link.start);
  return [...named, ...links.filter(isApart)].sort((one, other) => one.start - other.start);
}

/** Draws a text part by part, in its order. Tokens (js/log/rows/ansi.mjs) cover the text, links lie in it. */
export class Painter {
  constructor(text, { tokens = [], links = [] } = {}) {
    let start = 0;
    this._text = text;
    this._tokens = tokens.map((token) => {
      const placed = { ...token, start };
      start += token.text.length;
      return placed;
    });
    this._links = allLinks(this._tokens, links);
    this._token = 0; // the first that is not passed
    this._link = 0;
  }

  /** Appends the text from one place to another, which is not before the last one. */
  append(parent, from, to) {
    let at = from;
    while (at < to) {
      const link = this._linkAfter(at);
      if (!link || link.start >= to) break;
      this._appendColored(parent, at, Math.max(at, link.start));
      const shown = linkTo(link);
      this._appendColored(shown, Math.max(at, link.start), Math.min(to, link.end));
      parent.append(shown);
      at = Math.min(to, link.end);
    }
    this._appendColored(parent, at, to);
  }

  _linkAfter(place) {
    while (this._links[this._link]?.end <= place) this._link += 1;
    return this._links[this._link];
  }

  _appendColored(parent, from, to) {
    if (from >= to) return;
    if (!this._tokens.length) return appendText(parent, this._text.slice(from, to));
    for (; this._token < this._tokens.length; this._token += 1) {
      const token = this._tokens[this._token];
      const end = token.start + token.text.length;
      if (token.start >= to) return;
      if (end > from) parent.append(colored(token, this._text.slice(Math.max(from, token.start), Math.min(to, end))));
      if (end > to) return; // the rest of it comes later
    }
  }
}

function colored({ classNames, color, background, underline, isInverted }, text) {
  const span = element('span', classNames.join(' '));
  if (background) paintOn(span, background, textColor(background, color, classNames));
  else if (color) {
    span.classList.add('ansi-tuned'); // kept legible on the theme's ground
    span.style.setProperty('--ansi-color', color);
  }
  if (!color && classNames.some((name) => name.endsWith('-fg'))) span.classList.add('ansi-named');
  if (classNames.some((name) => name.endsWith('-bg'))) span.classList.add('ansi-filled');
  if (isInverted) span.classList.add('ansi-inverted');
  if (underline)
    Object.assign(span.style, { textDecorationStyle: underline.style, textDecorationColor: underline.color ?? '' });
  appendText(span, text);
  return span;
}

function paintOn(span, background, color) {
  span.classList.add('ansi-ground');
  span.style.setProperty('--ansi-background', background);
  span.style.setProperty('--ansi-color', color);
}
