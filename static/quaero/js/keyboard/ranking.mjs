// Which of many words are meant by the few letters that a reader has typed.

const WORD_START = 3; // the typed letters begin a word
const INSIDE = 2; // they stand within one
const INITIALS = 1; // they are the first letters of words: `cl` of "Copy link"

function startsAWord(text, typed) {
  return text.startsWith(typed) || text.includes(` ${typed}`);
}

function initialsOf(text) {
  return text
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .join('');
}

/** How well a typed word fits a text, both in small letters; 0 if not at all. */
function fit(text, typed) {
  if (startsAWord(text, typed)) return WORD_START;
  if (text.includes(typed)) return INSIDE;
  return typed.length > 1 && initialsOf(text).includes(typed) ? INITIALS : 0;
}

/** How well a text fits all words of a query; 0 if one does not fit. */
export function rankOf(text, query) {
  const small = text.toLowerCase();
  const fits = query
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((typed) => fit(small, typed));
  return fits.includes(0) ? 0 : fits.reduce((sum, each) => sum + each, 1);
}

/** The items whose text (of `textOf`) fits the query, the best first, equals in their order. */
export function ranked(items, query, textOf) {
  return items
    .map((item) => ({ item, rank: rankOf(textOf(item), query) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ item }) => item);
}
