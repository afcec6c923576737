// Stack traces within one text: which of its lines are the frames that a reader may fold away.

const FEWEST_FRAMES = 3;
const SHOWN_FRAMES = 1; // with the lines that belong to it
const FEWEST_FOLDED = 4; // lines; a button for fewer would take as much room
const LONG = 30; // lines; so many begin folded
const SCANNED = 2_000; // lines
const FRAME = new RegExp(
  [
    '^\\s+File "[^"]+", line \\d+', // Python
    '^\\s+at \\S', // Java, Node, .NET, Rust
    '^\\t\\S+\\.go:\\d+', // Go
    '^#\\d+ \\S+\\(\\d+\\): ', // PHP
  ].join('|'),
);
const WITHIN = /^\s+\S/; // excerpts of sources, carets, causes of causes

/** The places in `text` between which its frames can be folded, and how many lines those are: `{from, to, lines, isLong}`;
 *  null where there is no trace. `from` is the end of the last line that stays, `to` that of the last that goes. */
export function foldIn(text) {
  if (!text.includes('\n')) return null;
  const lines = text.split('\n', SCANNED);
  if (lines.length < FEWEST_FRAMES + FEWEST_FOLDED) return null;
  const frames = [...lines.keys()].filter((place) => FRAME.test(lines[place]));
  if (frames.length < FEWEST_FRAMES) return null;
  return folded(lines, frames[SHOWN_FRAMES], lastLine(lines, frames.at(-1)));
}

/** The last line of the block that begins with the last frame. */
function lastLine(lines, frame) {
  let last = frame;
  while (last + 1 < lines.length && WITHIN.test(lines[last + 1])) last += 1;
  return last;
}

function folded(lines, first, last) {
  const count = last - first + 1;
  if (count < FEWEST_FOLDED) return null;
  const from = endOf(lines, first - 1);
  const to = from + lengthOf(lines.slice(first, last + 1));
  return { from, to, lines: count, isLong: count > LONG };
}

const lengthOf = (lines) => lines.reduce((sum, line) => sum + line.length + 1, 0);
const endOf = (lines, place) => lengthOf(lines.slice(0, place + 1)) - 1;
