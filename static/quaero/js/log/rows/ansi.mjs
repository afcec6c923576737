// Coloured log text as tokens: what is to be shown, and how it looks. Never markup.
import { SgrState, paletteColor } from './sgr.mjs';

// What the server takes out of a message (jobs/storable.py): control sequences, those with a text (titles, links) up to
// their end, and what is left of others. The parameters of a colour sequence are remembered.
const ESCAPE = /\x1b\[([\d;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|\x1b/g;

/** A colour as anser names it: one of the sixteen becomes a class (the theme says how it looks), others exact. */
function colorOf(name, trueColor, suffix) {
  if (!name) return {};
  if (name === 'ansi-truecolor') return { color: `rgb(${trueColor})` };
  const palette = name.match(/^ansi-palette-(\d+)$/);
  return palette ? { color: paletteColor(Number(palette[1])) } : { className: `${name}-${suffix}` };
}

function tokenOf(chunk, { isOverlined, underline }) {
  const foreground = colorOf(chunk.fg, chunk.fg_truecolor, 'fg');
  const background = colorOf(chunk.bg, chunk.bg_truecolor, 'bg');
  const decorations = chunk.decorations.map((decoration) => `ansi-${decoration}`);
  if (isOverlined) decorations.push('ansi-overline');
  return {
    text: chunk.content,
    classNames: [foreground.className, background.className, ...decorations].filter(Boolean),
    color: foreground.color ?? null,
    background: background.color ?? null,
    ...(underline && { underline }),
    ...(chunk.isInverted && { isInverted: true }),
  };
}

/** The text between colour sequences, each piece with anser's numbers of the sequence before it, and the look. */
function* pieces(ansi) {
  const state = new SgrState();
  let piece = { codes: '', text: '', look: state.look };
  let end = 0;
  for (const sequence of ansi.matchAll(ESCAPE)) {
    piece.text += ansi.slice(end, sequence.index);
    end = sequence.index + sequence[0].length;
    const codes = sequence[1] === undefined ? '' : state.read(sequence[1]);
    if (!codes) continue; // no colour, so the text goes on as it was
    yield piece;
    piece = { codes, text: '', look: state.look };
  }
  piece.text += ansi.slice(end);
  yield piece;
}

/**
 * The tokens of `ansi`, which is `message` with its colours. The message is what was stored, searched and counted:
 * when the two do not say the same, the message is shown and its colours are not. A token of text that is underlined
 * in a special way has `underline: {style, color}`, one whose colours were exchanged `isInverted`.
 */
export function ansiTokens(ansi, message, Anser = globalThis.Anser) {
  const anser = new Anser(); // keeps the look from one piece to the next
  const tokens = [];
  for (const { codes, text, look } of pieces(ansi)) {
    const chunk = anser.processChunk(`${codes}m${text}`, { json: true, use_classes: true }, true);
    if (text) tokens.push(tokenOf(chunk, look));
  }
  const isSameText = tokens.map((token) => token.text).join('') === message;
  return isSameText ? tokens : [{ text: message, classNames: [], color: null, background: null }];
}
