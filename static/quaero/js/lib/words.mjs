// Numbers, times and states as people read them.

const STATE_WORDS = {
  Idle: 'Paused',
  Connecting: 'Connecting',
  Live: 'Live',
  Polling: 'Polling every 5 s',
  Ended: 'Ended',
  Refused: 'Refused',
};

let format = null;

export function numberText(number) {
  const value = Number(number ?? 0);
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value);
  format ??= new Intl.NumberFormat('en'); // which takes milliseconds, once
  return format.format(value);
}

export function countText(number, one, many = `${one}s`) {
  return `${numberText(number)} ${number === 1 ? one : many}`;
}

/** `41 ms`, `2.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`, `3 d 4 h`; nothing for no duration. */
export function durationText(milliseconds) {
  if (milliseconds === null || Number.isNaN(milliseconds)) return '';
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const pad = (number) => String(Math.floor(number)).padStart(2, '0');
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${pad((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

/** How long something ran, or has been running at `now` (milliseconds); null before it starts. */
export function runningTime({ started_at: started, finished_at: finished }, now) {
  if (!started) return null;
  return (finished ? Date.parse(finished) : now) - Date.parse(started);
}

/** `14:03:09` today, `2 Jan 14:03` this year, `2 Jan 2024 14:03` otherwise. */
export function momentText(iso, now = Date.now()) {
  if (!iso) return '';
  const [time, today] = [new Date(iso), new Date(now)];
  const clock = time.toTimeString(); // `14:03:09 GMT+0100 (...)`; what knows languages takes milliseconds
  if (time.toDateString() === today.toDateString()) return clock.slice(0, 8);
  const year = time.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' };
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year });
  return `${day} ${clock.slice(0, 5)}`;
}

export function progressText(progress) {
  return progress === null || progress === undefined ? '' : `${Math.round(progress)} %`;
}

/** The state of a connection in words, with its reason where the reader can do something with it. */
export function stateText(state, reason) {
  const words = STATE_WORDS[state] ?? state;
  const isWorthSaying = reason && ['Connecting', 'Polling', 'Refused'].includes(state) && reason !== 'chosen';
  return isWorthSaying ? `${words} · ${reason}` : words;
}

export function capitalised(word) {
  return word ? word[0].toUpperCase() + word.slice(1) : '';
}

/** "Showing X of Y filtered (Z total)", or without a filter "Showing X of Z". What is still being counted is null. */
export function showingText({ shown, matching, total, isFiltering }) {
  const [x, y, z] = [shown, matching, total].map(numberText);
  if (isFiltering && matching === null) return `Showing ${x} filtered, counting… (${z} total)`;
  return isFiltering ? `Showing ${x} of ${y} filtered (${z} total)` : `Showing ${x} of ${z}`;
}

/** As the server's search folds case: that of ASCII letters, and of no others. */
export function asciiLowered(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
