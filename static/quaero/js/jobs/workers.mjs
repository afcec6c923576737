// The workers, read again and again while the page is shown.
import { fetchJson } from '../log-stream.mjs';
import { api } from '../lib/addresses.mjs';
import { countText, durationText } from '../lib/words.mjs';

const LOOK_EVERY_MS = 5000;
const STATUSES = ['idle', 'busy', 'stopping', 'lost'];

const COMMAND = globalThis.document?.documentElement.dataset?.command ?? 'manage.py';
export const STARTS_A_WORKER = `${COMMAND} serve or ${COMMAND} work`;

/**
 * Reads the API's `workers` now and every 5 s while the page is shown, and once more when it is shown again.
 * `onWorkers({workers, alive, waiting})`, `onError(error)`.
 */
export class WorkerWatch {
  constructor({ onWorkers, onError = () => {} }) {
    Object.assign(this, { onWorkers, onError, isOpen: false, timer: null, reading: null });
    this._onVisibility = () => !document.hidden && this.look();
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    document.addEventListener('visibilitychange', this._onVisibility);
    this.look();
  }

  close() {
    this.isOpen = false;
    document.removeEventListener('visibilitychange', this._onVisibility);
    clearTimeout(this.timer);
    this.reading?.abort();
  }

  async look() {
    clearTimeout(this.timer);
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    try {
      const answer = await fetchJson(api('workers'), reading.signal);
      if (!reading.signal.aborted) this.onWorkers(answer);
    } catch (error) {
      if (!reading.signal.aborted) this.onError(error);
    }
    if (reading.signal.aborted || !this.isOpen || document.hidden) return;
    this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
  }
}

/** How long ago, in words. The clocks of two machines differ, so nothing was in the future. */
export function ageText(iso, now) {
  const seconds = Math.floor((now - Date.parse(iso)) / 1000);
  if (seconds < 1) return 'just now';
  return seconds < 60 ? `${seconds} s ago` : `${durationText(seconds * 1000)} ago`;
}

export function workerClass(status) {
  return `worker-${STATUSES.includes(status) ? status : 'idle'}`;
}

/** Why jobs wait, when no worker is there to take them; nothing otherwise. */
export function waitingText({ alive, waiting }) {
  if (alive > 0 || waiting === 0) return '';
  const verb = waiting === 1 ? 'waits' : 'wait';
  return `${countText(waiting, 'job')} ${verb}, and no worker is there: start one with ${STARTS_A_WORKER}.`;
}
