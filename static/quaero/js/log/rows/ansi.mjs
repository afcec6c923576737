// Coloured log text as tokens: what is to be shown, and how it looks. Never markup.
import { webAddress } from './links.mjs';
import { NOTHING, SgrState, paletteColor } from './sgr.mjs';

// What the server takes out of a message (jobs/storable.py): control sequences, those with a text (titles, links) up to
// their end, and what is left of others. The parameters of a colour sequence and the address of a link are remembered.
const ESCAPE = new RegExp(
  [
    '\\x1b\\[([\\d;:]*)m',
    '\\x1b\\]8;[^;\\x07\\x1b]*;([^\\x07\\x1b]*)(?:\\x07|\\x1b\\\\)',
    '\\x1b\\[[0-?]*[ -/]*[@-~]',
    '\\x1b[\\]PX^_][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)',
    '\\x1b[ -/]*[0-~]',
    '\\x1b',
  ].join('|'),
  'g',
);
const MOST_TOKENS = 2000; // of one text; what comes after them has no colours

/** A colour as anser names it: one of the sixteen becomes a class (the theme says how it looks), others exact. */
function colorOf(name, trueColor, suffix) {
  if (!name) return {};
  if (name === 'ansi-truecolor') return { color: `rgb(${trueColor})` };
  const palette = name.match(/^ansi-palette-(\d+)$/);
  return palette ? { color: paletteColor(Number(palette[1])) } : { className: `${name}-${suffix}` };
}

function tokenOf(chunk, { isOverlined, underline }, href) {
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
    ...(href && { href }),
  };
}

/** The text between sequences, each piece with anser's numbers of the sequence before it, the look, and the address
 *  that it is a link to. */
function* pieces(ansi) {
  const state = new SgrState();
  let piece = { codes: '', text: '', look: state.look, href: '' };
  let end = 0;
  for (const sequence of ansi.matchAll(ESCAPE)) {
    piece.text += ansi.slice(end, sequence.index);
    end = sequence.index + sequence[0].length;
    const [, colors, address] = sequence;
    const codes = colors === undefined ? '' : state.read(colors);
    const href = address === undefined ? piece.href : webAddress(address);
    if (!codes && href === piece.href) continue; // the text goes on as it was
    yield piece;
    piece = { codes: codes || NOTHING, text: '', look: state.look, href };
  }
  piece.text += ansi.slice(end);
  yield piece;
}

/**
 * The tokens of `ansi`, which is `message` with its colours, at least of its first `most` characters. The message is
 * what was stored, searched and counted: when the two do not say the same, the message is shown and its colours are
 * not. A token of text that is underlined in a special way has `underline: {style, color}`, one whose colours were
 * exchanged `isInverted`, one that is a link of its program `href`.
 */
export function ansiTokens(ansi, message, Anser = globalThis.Anser, most = message.length) {
  const anser = new Anser(); // keeps the look from one piece to the next
  const tokens = [];
  let end = 0;
  for (const { codes, text, look, href } of pieces(ansi)) {
    const chunk = anser.processChunk(`${codes}m${text}`, { json: true, use_classes: true }, true);
    if (!text) continue;
    tokens.push(tokenOf(chunk, look, href));
    end += text.length;
    if (end >= most || tokens.length === MOST_TOKENS) break;
  }
  const text = tokens.map((token) => token.text).join('');
  const isWhole = end >= most || tokens.length === MOST_TOKENS ? message.startsWith(text) : message === text;
  if (!isWhole) return [plainToken(message)];
  return end < message.length ? [...tokens, plainToken(message.slice(end))] : tokens;
}

function plainToken(text) {
  return { text, classNames: [], color: null, background: null };
}
