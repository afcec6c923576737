// Coloured log text as tokens: what is to be shown, and how it looks. Never markup.

const OPERATING_SYSTEM_COMMAND = /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?/g; // titles, links and the like
const OTHER_ESCAPE = /\x1b(?!\[)[ -/]*[0-~]?/g;
const CUBE_LEVELS = [0, 95, 135, 175, 215, 255];

/** An index of xterm's 256 colours, 16 and up, as `rgb(...)`. */
export function paletteColor(index) {
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const place = index - 16;
  const [red, green, blue] = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6];
  return `rgb(${CUBE_LEVELS[red]}, ${CUBE_LEVELS[green]}, ${CUBE_LEVELS[blue]})`;
}

/** A colour as anser names it: one of the sixteen becomes a class (the theme says how it looks), others exact. */
function colorOf(name, trueColor, suffix) {
  if (!name) return {};
  if (name === 'ansi-truecolor') return { color: `rgb(${trueColor})` };
  const palette = name.match(/^ansi-palette-(\d+)$/);
  return palette ? { color: paletteColor(Number(palette[1])) } : { className: `${name}-${suffix}` };
}

function tokenOf(chunk) {
  const foreground = colorOf(chunk.fg, chunk.fg_truecolor, 'fg');
  const background = colorOf(chunk.bg, chunk.bg_truecolor, 'bg');
  const decorations = chunk.decorations.map((decoration) => `ansi-${decoration}`);
  return {
    text: chunk.content,
    classNames: [foreground.className, background.className, ...decorations].filter(Boolean),
    color: foreground.color ?? null,
    background: background.color ?? null,
  };
}

/**
 * The tokens of `ansi`, which is `message` with its colours. The message is what was stored, searched and counted:
 * when the two do not say the same, the message is shown and its colours are not.
 */
export function ansiTokens(ansi, message, Anser = globalThis.Anser) {
  const colorsOnly = ansi
    .replace(OPERATING_SYSTEM_COMMAND, '')
    .replace(OTHER_ESCAPE, '')
    .replace(/\x1b\[[\d;:]*m/g, (sequence) => sequence.replace(/:+/g, ';'));
  const chunks = Anser.ansiToJson(colorsOnly, { use_classes: true, remove_empty: true });
  const tokens = chunks.map(tokenOf);
  const isSameText = tokens.map((token) => token.text).join('') === message;
  return isSameText ? tokens : [{ text: message, classNames: [], color: null, background: null }];
}
