// The command palette and the list of shortcuts as Alpine components.
import { commandPalette } from './palette.mjs';
import { shortcutList } from './shortcut-list.mjs';

document.addEventListener('alpine:init', () => {
  globalThis.Alpine.data('commandPalette', commandPalette);
  globalThis.Alpine.data('shortcutList', shortcutList);
});
