// What a page can do, and by which keys. Each component adds its own actions while it is there: of these are made the
// keys of the page, the list of shortcuts and the command palette.
//
// A key is an event's `key`, as `g`, `End` or `?`; with `mod+` before it, one with Ctrl (on Apple's machines Cmd).

// A box to be ticked takes no letters. It may keep the focus for a moment when its dialog is closed, too.
const TICKED = ':not([type="checkbox"], [type="radio"])';
const FIELDS = `input${TICKED}, select, textarea, [contenteditable]:not([contenteditable="false"])`;
const IS_APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');
const ALWAYS = () => true;

/** Of a keydown event, as an action names it. Keys with Alt, and other keys with Ctrl or Cmd, are the browser's. */
export function keyOf({ key, ctrlKey, metaKey, altKey }) {
  if (altKey || (ctrlKey && metaKey)) return '';
  return ctrlKey || metaKey ? `mod+${key.toLowerCase()}` : key;
}

/** A single character, which speech input and chance may type (WCAG 2.1.4). */
export function isCharacter(key) {
  return [...key].length === 1;
}

/** How a key is written for people. */
export function keyText(key, isApple = IS_APPLE) {
  if (key.startsWith('mod+')) return `${isApple ? '⌘' : 'Ctrl'} ${key.slice(4).toUpperCase()}`;
  return key === 'Escape' ? 'Esc' : key;
}

export class Actions {
  constructor() {
    this._all = new Set();
    this.areCharactersOff = false; // the reader wants no single characters as keys
  }

  /**
   * Adds an action; what is returned removes it again.
   *
   * `words` (a text, or a function of none) and `group` say what it is. `run(event)` does it; false says that it was
   * not for it. `isUsable()`: whether it can be done now. `scope()`: the element within which its keys go before those of others;
   * `isPageWide()`: whether they hold outside of it too. `isInFields`: its keys hold where a reader types as well.
   * `isListed`: the palette offers it.
   */
  add({ keys = [], isUsable = ALWAYS, isPageWide = ALWAYS, isListed = true, ...rest }) {
    const action = { keys, isUsable, isPageWide, isListed, ...rest };
    this._all.add(action);
    return () => this._all.delete(action);
  }

  /** Those that can be done now, in the order in which they were added. */
  get usable() {
    return [...this._all].filter((action) => action.isUsable());
  }

  /** By group, `{group, items: [{keys, words}]}`: the actions that have keys, usable now or not. */
  get shortcuts() {
    const groups = new Map();
    for (const { group, keys, words } of this._all) {
      if (!keys.length) continue;
      const items = groups.get(group) ?? groups.set(group, new Map()).get(group);
      items.set(wordsOf(words), keys);
    }
    return [...groups].map(([group, items]) => ({
      group,
      items: [...items].map(([words, keys]) => ({ words, keys })),
    }));
  }

  /** Does what a keydown event asks for, if anything. */
  press(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const action = this._meant(keyOf(event), event.composedPath());
    if (action && action.run(event) !== false) event.preventDefault();
  }

  _meant(key, path) {
    if (!key || (this.areCharactersOff && isCharacter(key))) return null;
    const isTyping = Boolean(path[0]?.closest?.(FIELDS));
    const candidates = this.usable.filter(
      ({ keys, isInFields = key.startsWith('mod+') }) => keys.includes(key) && (isInFields || !isTyping),
    );
    const isAround = ({ scope }) => path.includes(scope?.() ?? undefined);
    return candidates.findLast(isAround) ?? candidates.findLast(({ isPageWide }) => isPageWide()) ?? null;
  }
}

export function wordsOf(words) {
  return typeof words === 'function' ? words() : words;
}
