// Log text on a page: as text nodes, with what nobody can see made visible.

// Control characters, and those that turn or join text in secret. Each stands in an element of its own that shows its
// code and ends its effect; the character itself stays, so that search, selection and copy find what was logged.
const CONTROL = '\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f';
const TURNING = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const INVISIBLE = '\\u200b\\u2028\\u2029\\u2060\\ufeff';
const HIDDEN = new RegExp(`([${CONTROL}${TURNING}${INVISIBLE}])`);

export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function codePoint(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

export function appendText(parent, text) {
  if (!HIDDEN.test(text)) return parent.append(text);
  for (const part of text.split(HIDDEN)) {
    if (!part) continue;
    if (!HIDDEN.test(part)) parent.append(part);
    else parent.append(controlCharacter(part));
  }
  return undefined;
}

function controlCharacter(character) {
  const shown = element('span', 'log-control', character);
  shown.dataset.code = codePoint(character);
  return shown;
}

export function appendTokens(parent, tokens) {
  for (const { text, classNames, color, background, underline, isInverted } of tokens) {
    const span = element('span', classNames.join(' '));
    if (color) {
      span.classList.add(background ? 'ansi-exact' : 'ansi-tuned'); // tuned: kept legible on the theme's ground
      span.style.setProperty('--ansi-color', color);
    }
    if (background) {
      span.classList.add('ansi-ground');
      span.style.setProperty('--ansi-background', background);
    }
    if (isInverted) span.classList.add('ansi-inverted');
    if (underline) Object.assign(span.style, { textDecorationStyle: underline.style, textDecorationColor: underline.color ?? '' });
    appendText(span, text);
    parent.append(span);
  }
}
