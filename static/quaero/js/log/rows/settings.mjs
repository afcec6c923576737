// How a reader likes log rows to look: remembered per browser, the same for all logs of a page.
import { keep, kept } from '../../lib/kept.mjs';

const NAME = 'quaero.rows';
export const COLUMNS = ['line', 'level', 'job', 'step', 'source', 'stream'];
const SIZES = [11, 12, 13, 14, 15, 16, 17, 18]; // of the font, in pixels

/** The values that each setting may have; the first is what it is without a choice. */
export const CHOICES = {
  time: ['absolute', 'relative', 'delta', 'none'], // relative: since the job's start; delta: since the line before
  zone: ['local', 'UTC'],
  dates: [false, true], // before each time; where the day changes it is said anyway
  wrap: [true, false],
  density: ['comfortable', 'compact'],
  size: [13, ...SIZES],
  traces: ['open', 'folded'],
  ...Object.fromEntries(COLUMNS.map((name) => [name, [name !== 'stream', name === 'stream']])),
};
export const DEFAULTS = Object.freeze(
  Object.fromEntries(Object.entries(CHOICES).map(([name, [first]]) => [name, first])),
);
/** Those that the stylesheet alone obeys: rows need not be built anew. */
export const OF_THE_STYLESHEET = new Set(['wrap', 'density', 'size']);

const TEXTUAL = new Set(['time', 'zone', 'density', 'traces']);

/** Settings with each value that is not allowed as it is without a choice. */
export function checked(settings) {
  const allowed = ([name, choices]) => [name, choices.includes(settings?.[name]) ? settings[name] : DEFAULTS[name]];
  return Object.fromEntries(Object.entries(CHOICES).map(allowed));
}

/** What a control of a form says, as the value of this setting. */
export function valueOfControl(name, { type, checked: isChecked, value }) {
  if (type === 'checkbox') return isChecked;
  return TEXTUAL.has(name) ? value : Number(value);
}

/** For the stylesheet, as words: what differs from rows without a choice. */
export function lookWords({ time, dates, wrap, density, ...columns }) {
  const hidden = COLUMNS.filter((name) => !columns[name]).map((name) => `no-${name}`);
  const words = [`time-${time}`, dates && time === 'absolute' && 'dates', !wrap && 'unwrapped', density, ...hidden];
  return words.filter(Boolean).join(' ');
}

/** The settings of this page: one choice for all its logs, and for those of other tabs. */
class Settings {
  constructor() {
    this._subscribers = new Set();
    this._now = null;
    globalThis.addEventListener?.('storage', ({ key }) => key === NAME && this.recall());
  }

  get now() {
    this._now ??= Object.freeze(checked(kept('localStorage', NAME, {})));
    return this._now;
  }

  set(name, value) {
    this._now = Object.freeze(checked({ ...this.now, [name]: value }));
    keep('localStorage', NAME, this._now);
    this._announce(name);
  }

  /** Takes what was chosen in another tab. */
  recall() {
    const before = this.now;
    this._now = null;
    for (const name of Object.keys(CHOICES)) if (this.now[name] !== before[name]) this._announce(name);
  }

  _announce(name) {
    for (const callback of this._subscribers) callback(this._now, name);
  }

  /** Calls `callback(settings, name)` with each change. Gives what ends that. */
  subscribe(callback) {
    this._subscribers.add(callback);
    return () => this._subscribers.delete(callback);
  }
}

export const settings = new Settings();
