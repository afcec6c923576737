// The parameters of colour sequences (SGR), from what programs write to the few numbers that anser reads.
//
// Anser takes every number for one of its own: it reads `4:3` (a curly underline) as underline and italic, and `58;5;1`
// (the colour of an underline) as blinking and bold. So each attribute is read here, with all that belongs to it.

const DECORATIONS = { 1: '22', 2: '22', 3: '23', 4: '24', 5: '25', 7: '27', 8: '28', 9: '29' }; // and what ends each
const UNDERLINES = { 2: 'double', 3: 'wavy', 4: 'dotted', 5: 'dashed' };
export const NOTHING = '10'; // the usual font: anser passes over it
const CUBE_LEVELS = [0, 95, 135, 175, 215, 255];
const XTERM_SIXTEEN = [
  '0, 0, 0',
  '205, 0, 0',
  '0, 205, 0',
  '205, 205, 0',
  '0, 0, 238',
  '205, 0, 205',
  '0, 205, 205',
  '229, 229, 229',
  '127, 127, 127',
  '255, 0, 0',
  '0, 255, 0',
  '255, 255, 0',
  '92, 92, 255',
  '255, 0, 255',
  '0, 255, 255',
  '255, 255, 255',
];

/** An index of xterm's 256 colours as `rgb(...)`. */
export function paletteColor(index) {
  if (index < 16) return `rgb(${XTERM_SIXTEEN[index]})`;
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const place = index - 16;
  const [red, green, blue] = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6];
  return `rgb(${CUBE_LEVELS[red]}, ${CUBE_LEVELS[green]}, ${CUBE_LEVELS[blue]})`;
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** The colour that xterm shows for the class of one of the sixteen; null for any other. */
export function sixteenColor(className) {
  const [, bright, name] = /^ansi-(bright-)?(\w+)-fg$/.exec(className) ?? [];
  const place = NAMES.indexOf(name);
  return place < 0 ? null : paletteColor(place + (bright ? 8 : 0));
}

const isByte = (number) => number >= 0 && number <= 255;

/** The colour that `[5, index]` or `[2, red, green, blue]` names, as those numbers; null for anything else. */
function readColor([mode, ...numbers]) {
  const count = { 5: 1, 2: 3 }[mode];
  const given = numbers.slice(0, count);
  return count === given.length && given.every(isByte) ? [mode, ...given] : null;
}

/** Of a colour with colons, which may name a colour space before red, green and blue. */
function readColonColor([mode, ...numbers]) {
  return readColor(mode === 2 && numbers.length > 3 ? [mode, ...numbers.slice(1)] : [mode, ...numbers]);
}

/** How text looks after the sequences that were read. */
export class SgrState {
  constructor() {
    this._clear();
  }

  /** Reads the parameters of one sequence. Gives them as anser understands them; nothing: text goes on as it was. */
  read(parameters) {
    const queue = parameters.split(';');
    const codes = [];
    while (queue.length) codes.push(...this._take(queue));
    return codes.join(';');
  }

  /** What anser leaves out: a line above, and of an underline that is not a plain one its style and colour. */
  get look() {
    const isSpecial = this._on.has('4') && (this._style || this._underlineColor);
    const underline = isSpecial ? { style: this._style || 'solid', color: this._underlineColor } : null;
    return { isOverlined: this._isOverlined, underline };
  }

  _clear() {
    this._on = new Set(); // decorations, by number
    this._style = '';
    this._underlineColor = null;
    this._isOverlined = false;
  }

  /** Takes the next attribute off the queue, and what belongs to it. */
  _take(queue) {
    const [code, ...more] = queue.shift().split(':').map(Number);
    if (code === 38 || code === 48 || code === 58) return this._takeColor(code, more, queue);
    if (code === 0) return this._reset();
    if (code === 4 && more.length) return more[0] === 0 ? this._end('24') : this._underlined(UNDERLINES[more[0]]);
    if (code === 4) return this._underlined('');
    if (code === 21) return this._underlined('double');
    if (code === 6) return this._begin('5');
    if (code in DECORATIONS) return this._begin(String(code));
    if (code >= 22 && code <= 29) return this._end(String(code));
    if (code === 53 || code === 55) return this._overlined(code === 53);
    if (code === 59) return this._underlineColored(null);
    return this._isBasicColor(code) ? [code] : [];
  }

  _isBasicColor(code) {
    return (code >= 30 && code <= 49) || (code >= 90 && code <= 97) || (code >= 100 && code <= 107);
  }

  _takeColor(code, colons, queue) {
    const isByColons = colons.length > 0;
    const color = isByColons ? readColonColor(colons) : this._takeSemicolonColor(queue);
    if (!color) return [];
    if (code !== 58) return [code, ...color];
    return this._underlineColored(color[0] === 5 ? paletteColor(color[1]) : `rgb(${color.slice(1).join(', ')})`);
  }

  _takeSemicolonColor(queue) {
    const mode = Number(queue.shift());
    return readColor([mode, ...queue.splice(0, { 5: 1, 2: 3 }[mode] ?? 0).map(Number)]);
  }

  _reset() {
    this._clear();
    return ['0'];
  }

  /** Anser would note a second time what is on already, and forget one of the two. */
  _begin(code) {
    if (this._on.has(code)) return [];
    this._on.add(code);
    return [code];
  }

  _end(code) {
    for (const [begin, end] of Object.entries(DECORATIONS)) if (end === code) this._on.delete(begin);
    if (code === '24') this._style = '';
    return [code];
  }

  _underlined(style) {
    const isOther = this._style !== (style ?? '');
    this._style = style ?? '';
    const begun = this._begin('4');
    return begun.length || !isOther ? begun : [NOTHING];
  }

  _underlineColored(color) {
    if (this._underlineColor === color) return [];
    this._underlineColor = color;
    return this._on.has('4') ? [NOTHING] : [];
  }

  _overlined(isOverlined) {
    if (this._isOverlined === isOverlined) return [];
    this._isOverlined = isOverlined;
    return [NOTHING];
  }
}
