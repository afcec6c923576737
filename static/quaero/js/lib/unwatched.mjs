/** Changes the page unseen by Alpine, which looks through all that is added for directives of its own; here are none. */
export function unwatched(change) {
  const { Alpine } = globalThis;
  if (Alpine) Alpine.mutateDom(change);
  else change();
}
