// Moments as pictures name them, in the zone that the reader has chosen for logs ('local' or 'UTC').

const inZone = (zone) => (zone === 'UTC' ? { timeZone: 'UTC' } : {});

function clockText(time, stepMs, zone) {
  const shown = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...inZone(zone) };
  if (stepMs < 60_000) shown.second = '2-digit';
  if (stepMs < 1000) shown.fractionalSecondDigits = 3;
  return time.toLocaleTimeString('en-GB', shown);
}

function dayText(time, zone) {
  return time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...inZone(zone) });
}

/** As fine as steps of this width need it, with the day where that is not today: `27 Nov 14:03`. */
export function momentWords(iso, stepMs, zone, now) {
  const time = new Date(iso);
  const isToday = dayText(time, zone) === dayText(new Date(now), zone) && Math.abs(now - time) < 2 * 86_400_000;
  const clock = clockText(time, stepMs, zone);
  return isToday ? clock : `${dayText(time, zone)} ${clock}`;
}

/** What a mark of the time axis says, whose marks are so many seconds apart. */
export function axisText(seconds, apart, zone) {
  const time = new Date(seconds * 1000);
  if (apart >= 86400) return dayText(time, zone);
  const clock = clockText(time, apart * 1000, zone);
  return apart < 1 ? clock.slice(6) : clock; // of a moment's log only the seconds differ
}
