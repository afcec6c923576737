// Where a plain text stands in a message, as the server's search has it: without a difference between the cases of ASCII.

export const MOST_SPANS = 100; // of one line

const lowered = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** `[[start, end], ...]` in UTF-16 code units, from left to right, MOST_SPANS at most. */
export function spansOf(message, wanted, isCaseSensitive = false) {
  if (!wanted) return [];
  const [text, needle] = isCaseSensitive ? [message, wanted] : [lowered(message), lowered(wanted)];
  const spans = [];
  for (let start = text.indexOf(needle); start >= 0 && spans.length < MOST_SPANS; ) {
    spans.push([start, start + needle.length]);
    start = text.indexOf(needle, start + needle.length);
  }
  return spans;
}
