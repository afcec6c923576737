// The list of this page's keys as an Alpine component. Opens with `?`.
import { keyText } from './actions.mjs';
import { actions, useCharacters } from './page.mjs';

export function shortcutList() {
  let forget = null;

  return {
    groups: [],
    areCharactersUsed: true,

    init() {
      const run = () => this.open();
      forget = actions.add({ keys: ['?'], words: 'Show the keyboard shortcuts', group: 'Everywhere', run });
    },

    destroy() {
      forget();
    },

    open() {
      this.areCharactersUsed = !actions.areCharactersOff;
      this.groups = actions.shortcuts.map(({ group, items }) => ({
        group,
        items: items.map(({ words, keys }) => ({ words, keys: keys.map((key) => keyText(key)) })),
      }));
      this.$refs.dialog.showModal();
    },

    close() {
      this.$refs.dialog.close();
    },

    leave(event) {
      if (event.target === this.$refs.dialog) this.close();
    },

    /** `?` closes what it has opened. */
    press(event) {
      if (event.key === '?') this.close();
    },

    switchCharacters(event) {
      this.areCharactersUsed = event.currentTarget.checked;
      useCharacters(this.areCharactersUsed);
    },
  };
}
