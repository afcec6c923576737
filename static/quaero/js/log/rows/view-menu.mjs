// The menu of how rows look, as members of a log viewer's component.
import { forgetOpened } from './opened.mjs';
import { OF_THE_STYLESHEET, lookWords, settings, valueOfControl } from './settings.mjs';
import { zoneName } from './time.mjs';

const LOWEST_PX = 120;
const MARGIN_PX = 8;

/** The component calls `startRows` and `stopRows`, has `showsJob` and `redraw()`, and tells by `startedAt` when its job
 *  started. */
export function viewMenu() {
  let stopWatching = null;

  return {
    rowSettings: settings.now,
    isViewMenuOpen: false,

    startRows() {
      stopWatching = settings.subscribe((now, name) => {
        this.rowSettings = now;
        if (!OF_THE_STYLESHEET.has(name)) this.redraw();
      });
      this.$watch('startedAt', () => {
        if (this.rowSettings.time === 'relative') this.redraw();
      });
    },

    stopRows() {
      stopWatching?.();
    },

    /** What `buildRow` needs beside the entry and the one before it. */
    rowView() {
      return { showsJob: this.showsJob, settings: settings.now, startedAt: this.startedAt };
    },

    toggleViewMenu(event) {
      const menu = event.currentTarget.parentElement.querySelector('.view-settings');
      this.isViewMenuOpen = !this.isViewMenuOpen;
      if (this.isViewMenuOpen) this.$nextTick(() => keepInWindow(menu));
    },

    /** After a click elsewhere. In the admin the log is in a shadow tree, whose host the event names. */
    hideViewMenu(event) {
      if (!event.composedPath().includes(this.$refs.viewMenu)) this.isViewMenuOpen = false;
    },

    /** For the keyboard, which goes on at the button. Escape means something else where no menu is open. */
    leaveViewMenu(event) {
      if (!this.isViewMenuOpen) return;
      event.stopPropagation();
      this.isViewMenuOpen = false;
      event.currentTarget.querySelector('button').focus();
    },

    setRowSetting(event) {
      const control = event.currentTarget;
      const { setting } = control.dataset;
      if (setting === 'traces') forgetOpened('trace', 'group');
      settings.set(setting, valueOfControl(setting, control));
    },

    get startedAt() {
      return null;
    },
    get lookWords() {
      return lookWords(this.rowSettings);
    },
    get lookStyle() {
      return { '--log-size': `${this.rowSettings.size}px` };
    },
    get viewMenuState() {
      return String(this.isViewMenuOpen);
    },
    get zoneWords() {
      return zoneName(this.rowSettings.zone);
    },
    get localZoneWords() {
      return `Local (${zoneName('local')})`;
    },
    get sizeText() {
      return String(this.rowSettings.size);
    },
  };
}

/** The page may not scroll, so a menu that opens downwards ends with the window. */
function keepInWindow(menu) {
  menu.style.maxHeight = '';
  const { top, bottom } = menu.getBoundingClientRect();
  if (bottom > innerHeight) menu.style.maxHeight = `${Math.max(LOWEST_PX, innerHeight - top - MARGIN_PX)}px`;
}
