// What came into a log while it was closed.
const BAD = ['error', 'fatal'];
const MOST = 99; // shown as a number

/** Counts those after the last one that was seen. */
export function unreadOf(entries, seenId) {
  const unread = entries.filter((entry) => entry.id > seenId);
  return { count: unread.length, hasErrors: unread.some((entry) => BAD.includes(entry.level)) };
}

export function unreadText(count) {
  return count > MOST ? `${MOST}+` : String(count);
}
