// How many lines a second running jobs log, over the last minutes, from the rows of the list as they come. Pure.
import { numberText } from '../lib/words.mjs';

export const SLOT_MS = 5000; // as wide as a bucket of the server's may be
export const SLOTS = 36; // three minutes
const HEIGHT = 16; // of the picture, which has a unit of width for each slot

const slotOf = (now) => Math.floor(now / SLOT_MS);

/** Of each running job the lines that came in each slot of time; of others nothing is kept. */
export class Rates {
  constructor() {
    this._jobs = new Map(); // by id: {line, first: the first slot, lines: by the number of the slot, isAsked}
  }

  get size() {
    return this._jobs.size;
  }

  /** A row that was read with a page: what came before it, came at a time that is not known. */
  begin(job, now) {
    const known = this._jobs.get(job.id);
    if (job.status !== 'running') this._jobs.delete(job.id);
    else if (!known) this._jobs.set(job.id, { line: job.last_line, first: slotOf(now), lines: new Map() });
    else known.line = Math.max(known.line, job.last_line);
  }

  /** A row as news, which come within a second of what they say. */
  take(job, now) {
    const known = this._jobs.get(job.id);
    if (known && job.last_line > known.line) {
      const slot = slotOf(now);
      known.lines.set(slot, (known.lines.get(slot) ?? 0) + job.last_line - known.line);
      for (const old of known.lines.keys()) if (old <= slot - SLOTS) known.lines.delete(old);
    }
    this.begin(job, now);
  }

  /** The server's histogram of the last minutes: what came before the first row was seen. */
  fill(id, picture) {
    const known = this._jobs.get(id);
    if (!known || !picture.buckets.length || picture.bucket_s * 1000 !== SLOT_MS) return;
    for (const { start, counts } of picture.buckets) {
      const slot = slotOf(Date.parse(start));
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      if (slot <= known.first) known.lines.set(slot, Math.max(total, known.lines.get(slot) ?? 0));
    }
    known.first = Math.min(known.first, slotOf(Date.parse(picture.from)));
  }

  /** Whether this job is one of which only what came since a row was seen is known. */
  isNew(id) {
    const known = this._jobs.get(id);
    return Boolean(known) && !known.isAsked;
  }

  /** Notes that its past was asked for. */
  ask(id) {
    this._jobs.get(id).isAsked = true;
  }

  forget(id) {
    this._jobs.delete(id);
  }

  /** Forgets jobs that are not among these rows any more. */
  keepOnly(rows) {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this._jobs.keys()) if (!ids.has(id)) this._jobs.delete(id);
  }

  /** What a row shows of its job: points of a line and words; null before the first slot is over. */
  describe(id, now) {
    const known = this._jobs.get(id);
    const end = slotOf(now); // which is not over yet
    const first = Math.max(known?.first ?? end, end - SLOTS + 1);
    if (first >= end) return null;
    const rates = Array.from({ length: end - first }, (_, place) => rateOf(known, first + place));
    const most = Math.max(...rates, 1);
    const points = rates.map((rate, place) => `${SLOTS - (end - first) + place + 1},${heightOf(rate / most)}`);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    return {
      points: `${points[0].replace(/^\d+/, (x) => x - 1)} ${points.join(' ')}`,
      words: wordsOf(rates.at(-1), mean),
    };
  }
}

function rateOf({ lines }, slot) {
  return ((lines.get(slot) ?? 0) * 1000) / SLOT_MS;
}

function heightOf(share) {
  return (1 + (HEIGHT - 2) * (1 - share)).toFixed(1);
}

function wordsOf(newest, mean) {
  return `${rateText(newest)} lines a second, ${rateText(mean)} on average over the last minutes`;
}

function rateText(rate) {
  return rate > 0 && rate < 10 ? rate.toFixed(1) : numberText(Math.round(rate));
}
