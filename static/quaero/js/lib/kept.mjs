// What a page remembers. A browser may forbid storage, or have no room: then it is forgotten, and nothing else fails.

export function kept(storage, name, fallback) {
  try {
    return JSON.parse(globalThis[storage].getItem(name)) ?? fallback;
  } catch {
    return fallback;
  }
}

export function keep(storage, name, value) {
  try {
    globalThis[storage].setItem(name, JSON.stringify(value));
  } catch {
    // see above
  }
}
