// Times of entries as their rows show them.

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const pad = (number, width = 2) => String(number).padStart(width, '0');

/** The zone's own name: as a reader's system has it, or UTC. */
export function zoneName(zone) {
  if (zone === 'UTC') return 'UTC';
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'local time';
}

/** How far the zone is ahead of UTC at that moment, in minutes. */
function offsetOf(moment, zone) {
  return zone === 'UTC' ? 0 : -moment.getTimezoneOffset();
}

let last = { iso: null, zone: null, shown: null }; // a row asks for one time again and again

/** A moment whose UTC members are what a clock of the zone shows; null for what is no time. */
function shownBy(iso, zone) {
  if (last.iso !== iso || last.zone !== zone) last = { iso, zone, shown: readBy(iso, zone) };
  return last.shown;
}

function readBy(iso, zone) {
  const moment = new Date(iso ?? Number.NaN);
  if (Number.isNaN(moment.getTime())) return null;
  const offset = offsetOf(moment, zone);
  return { clock: new Date(moment.getTime() + offset * MINUTE_MS), offset };
}

function dateText(clock) {
  return `${pad(clock.getUTCFullYear(), 4)}-${pad(clock.getUTCMonth() + 1)}-${pad(clock.getUTCDate())}`;
}

function clockText(clock) {
  return `${pad(clock.getUTCHours())}:${pad(clock.getUTCMinutes())}:${pad(clock.getUTCSeconds())}`;
}

/** A span as a signed stopwatch: `+0.012`, `+2:10.000`, `+1:02:10.000`, `+1d 01:02:03.000`. */
export function spanText(milliseconds) {
  const whole = Math.abs(Math.round(milliseconds));
  const sign = milliseconds < 0 ? '-' : '+';
  const fraction = pad(whole % 1000, 3);
  const [days, rest] = [Math.floor(whole / DAY_MS), Math.floor((whole % DAY_MS) / 1000)];
  const [hours, minutes, seconds] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  if (days) return `${sign}${days}d ${pad(hours)}:${pad(minutes)}:${pad(seconds)}.${fraction}`;
  if (hours) return `${sign}${hours}:${pad(minutes)}:${pad(seconds)}.${fraction}`;
  if (minutes) return `${sign}${minutes}:${pad(seconds)}.${fraction}`;
  return `${sign}${seconds}.${fraction}`;
}

function absoluteText(iso, { zone, dates }) {
  const shown = shownBy(iso, zone);
  if (!shown) return '';
  const time = `${clockText(shown.clock)}.${pad(shown.clock.getUTCMilliseconds(), 3)}`;
  return dates ? `${dateText(shown.clock)} ${time}` : time;
}

/** Since `from`, which may be unknown: then nothing. */
function sinceText(iso, from) {
  const span = Date.parse(iso) - Date.parse(from);
  return Number.isNaN(span) ? '' : spanText(span);
}

/** What stands in a row's column of times. `startedAt`: when the job started; `previous`: the entry before, or null. */
export function timeText(entry, settings, { previous = null, startedAt = null } = {}) {
  const { timestamp } = entry;
  if (settings.time === 'delta') return previous ? sinceText(timestamp, previous.timestamp) : spanText(0);
  if (settings.time === 'relative' && startedAt) return sinceText(timestamp, startedAt);
  return absoluteText(timestamp, settings);
}

/** Date, time to the microsecond and zone: `2024-03-01 10:15:30.123456 Europe/Berlin (UTC+01:00)`. */
export function fullTimeText(iso, zone) {
  const shown = shownBy(iso, zone);
  if (!shown) return '';
  const fraction = /\.\d+/.exec(iso)?.[0] ?? '';
  const name = zone === 'UTC' ? 'UTC' : `${nameOfZone()} (${offsetText(shown.offset)})`;
  return `${dateText(shown.clock)} ${clockText(shown.clock)}${fraction} ${name}`;
}

let localName = null;
function nameOfZone() {
  localName ??= zoneName('local'); // asking for it takes long
  return localName;
}

function offsetText(minutes) {
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** The number of the day on which that was; null for what is no time. */
function dayOf(iso, zone) {
  const shown = shownBy(iso, zone);
  return shown && Math.floor(shown.clock.getTime() / DAY_MS);
}

/** The day's name where the entry's row is the first of its day: `Friday, 1 March 2024`; nothing elsewhere. `previous`: the
 *  entry before it, null where there is none, undefined where it is not known. */
export function newDayText(entry, zone, previous) {
  if (previous === undefined) return '';
  const dayBefore = previous && dayOf(previous.timestamp, zone);
  const day = dayOf(entry.timestamp, zone);
  if (day === null || day === dayBefore) return '';
  const date = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
  return new Date(day * DAY_MS).toLocaleDateString('en-GB', date);
}
