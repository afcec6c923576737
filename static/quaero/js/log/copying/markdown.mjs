// Log text as Markdown: a link to where it stands, and a block of code that nothing in the text can end.

const SHORTEST_FENCE = 3;

/** Longer than every run of backticks in the text. */
export function fenceFor(text) {
  const runs = text.match(/`+/g) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 0);
  return '`'.repeat(Math.max(SHORTEST_FENCE, longest + 1));
}

/** As the words of a link, in which signs of Markdown are plain characters and line breaks are spaces. */
export function escaped(words) {
  return words.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>&~]/g, '\\$&');
}

export function markdownOf(text, words, href) {
  const fence = fenceFor(text);
  const end = text.endsWith('\n') ? '' : '\n';
  return `[${escaped(words)}](<${href}>)\n\n${fence}text\n${text}${end}${fence}\n`;
}
