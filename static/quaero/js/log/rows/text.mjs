// Log text on a page: as text nodes, with what is invisible made visible.

// Control characters, and those that turn or join text in secret. Each stands in an element of its own that shows its
// code and ends its effect; the character itself stays, so that search, selection and copy find what was logged.
const CONTROL = '\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f';
const FORMATS =
  '\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff' +
  '\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}';
// Joiners and selectors mean something between letters of scripts that join them, and in emoji; elsewhere they hide.
const JOINING =
  '\\u0600-\\u08ff\\u0900-\\u109f\\u1780-\\u17b3\\u17b6-\\u17ff\\u1800-\\u180d\\u180f-\\u18af\\u1900-\\u1cff\\ua800-\\uabff' +
  '\\ufb50-\\ufdff\\ufe70-\\ufefc\\u{10a00}-\\u{11fff}\\u{1e900}-\\u{1e95f}';
const EMOJI = '\\u00a9\\u00ae\\u203c-\\u2b55\\u3030-\\u3299\\u{1f000}-\\u{1faff}';
const IDEOGRAPHS = '\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
const HIEROGLYPHS = '\\u{13000}-\\u{1342f}\\u{13440}-\\u{143fa}'; // which controls between them put in order
const SELECTED = `${EMOJI}${IDEOGRAPHS}\\u1000-\\u109f\\ua840-\\ua87f\\u2010-\\u2027\\u3000-\\u302f\\u{10ac0}-\\u{10aff}`;
const FLAGS = // England, Scotland and Wales are a black flag and tags
  '\\u{1f3f4}\\u{e0067}\\u{e0062}' +
  '(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}';
const OUT_OF_PLACE = [
  `\\u200c(?!(?<=[${JOINING}]\\u200c)[${JOINING}])`,
  `\\u200d(?!(?<=[${JOINING}]\\u200d)[${JOINING}]|(?<=[${EMOJI}\\ufe0f]\\u200d)[${EMOJI}])`,
  '[\\u180b-\\u180d\\u180f](?<![\\u1820-\\u18aa].)',
  `[\\ufe00-\\ufe0f](?<![${SELECTED}].)(?!(?<=[0-9#*]\\ufe0f)\\u20e3)`,
  `[\\u{e0100}-\\u{e01ef}](?<![${IDEOGRAPHS}].)`,
  `[\\u{13430}-\\u{1343f}](?<![${HIEROGLYPHS}].)(?![${HIEROGLYPHS}])`,
].join('|');
const HIDDEN = new RegExp(`${FLAGS}|([${CONTROL}${FORMATS}]|${OUT_OF_PLACE})`, 'gu');
const PLAIN = /^[\t\n\x20-\x7e]*$/;

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
  if (PLAIN.test(text)) return parent.append(text);
  for (const part of partsOf(text)) parent.append(part.isHidden ? controlCharacter(part.text) : part.text);
  return undefined;
}

// The text in order: what is seen by itself, and each character that is not.
export function partsOf(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (!match[1]) continue; // a flag
    if (match.index > end) parts.push({ text: text.slice(end, match.index), isHidden: false });
    parts.push({ text: match[1], isHidden: true });
    end = match.index + match[1].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), isHidden: false });
  return parts;
}

function controlCharacter(character) {
  const shown = element('span', 'log-control', character);
  shown.dataset.code = codePoint(character);
  return shown;
}
