// What readers have opened or folded, by the entry's id: rows come and go while they scroll, and come back as they were.

const MOST_CHOICES = 10_000;
const choices = new Map(); // in the order in which they were made

/** Whether that part (`text`, `tree`, `trace`, `group`) of the entry is open; `fallback` where the reader has not chosen. */
export function isOpen(part, id, fallback = false) {
  return choices.get(`${part} ${id}`) ?? fallback;
}

export function setOpen(part, id, isOpened) {
  const key = `${part} ${id}`;
  choices.delete(key);
  choices.set(key, isOpened);
  if (choices.size > MOST_CHOICES) choices.delete(choices.keys().next().value);
}

/** Forgets the choices for these parts: they are again as the settings say. */
export function forgetOpened(...parts) {
  for (const key of choices.keys()) if (parts.includes(key.split(' ', 1)[0])) choices.delete(key);
}
