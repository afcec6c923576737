// Words that stay marked in a log without filtering it, kept in its address as `mark=` after its filters.

const NAME = 'mark';
export const MOST = 8;
const LONGEST = 200; // characters of a word
const COLORS = 5;

function withColors(words) {
  return words.map((word, place) => ({ word, color: (place % COLORS) + 1 }));
}

/** The marks of a query string: `{word, color}`. */
export function readMarks(query) {
  const words = new URLSearchParams(query).getAll(NAME).filter((word) => word && word.length <= LONGEST);
  return withColors([...new Set(words)].slice(0, MOST));
}

/** The query string of the filters with the marks after them. */
export function withMarks(query, marks) {
  const said = marks.map(({ word }) => `${NAME}=${encodeURIComponent(word)}`).join('&');
  if (!said) return query;
  return query ? `${query}&${said}` : `?${said}`;
}

/** With another word, or what is wrong with it. Colours stay with their words. */
export function withMark(marks, word) {
  if (word.length > LONGEST) return { problem: `A marked text has at most ${LONGEST} characters.` };
  if (marks.some((mark) => mark.word === word)) return { marks };
  if (marks.length >= MOST) return { problem: `At most ${MOST} texts are marked at once: remove one.` };
  const taken = marks.map(({ color }) => color);
  const free = Array.from({ length: COLORS }, (_, place) => place + 1).find((color) => !taken.includes(color));
  return { marks: [...marks, { word, color: free ?? (marks.length % COLORS) + 1 }] };
}

export function withoutMark(marks, word) {
  return marks.filter((mark) => mark.word !== word);
}
