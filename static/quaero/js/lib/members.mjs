// Components in parts.

/** The members of `one` and `other` in one object, getters kept as getters. */
export function combined(one, other) {
  return Object.defineProperties(one, Object.getOwnPropertyDescriptors(other));
}
