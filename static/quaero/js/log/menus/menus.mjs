// The menus beside a log, of which one is open at a time: of copies and of downloads. Members of its viewer.
import { areFiltering } from '../filters/address.mjs';
import { buildQueryParams } from '../../log-stream.mjs';
import { countText } from '../../lib/words.mjs';

const FORMATS = [
  { format: 'text', words: 'Text' },
  { format: 'ndjson', words: 'NDJSON' },
  { format: 'csv', words: 'CSV' },
];

export function menus() {
  return {
    openMenu: '',

    toggleMenu(event) {
      const { menu } = event.currentTarget.dataset;
      this.openMenu = this.openMenu === menu ? '' : menu;
    },

    /** By Escape: the focus goes back to the button. */
    leaveMenu(event) {
      if (!this.openMenu) return;
      event.stopPropagation(); // it is no key of the page's
      event.currentTarget.querySelector(`[data-menu="${this.openMenu}"]`).focus();
      this.openMenu = '';
    },

    /** After a click elsewhere, save on a button that opens one. In the admin the log is in a shadow tree, whose host the
     *  event names. */
    hideMenu(event) {
      const isOfMenus = (each) => each === this.$refs.menus || each.dataset?.menu !== undefined;
      if (!event.composedPath().some(isOfMenus)) this.openMenu = '';
    },

    /** Where the log is downloaded as filtered, or all of it. */
    downloadHref(format, isEverything = false) {
      const { limit, children, ...filters } = this.streamFilters();
      const wanted = isEverything ? {} : filters;
      return `${this.logAddress()}/download?${buildQueryParams({ ...wanted, children, format })}`;
    },

    downloadsOf(isEverything) {
      return FORMATS.map(({ format, words }) => ({ format, words, href: this.downloadHref(format, isEverything) }));
    },

    get isCopyMenuOpen() {
      return this.openMenu === 'copy';
    },
    get copyMenuState() {
      return String(this.isCopyMenuOpen);
    },
    get isDownloadMenuOpen() {
      return this.openMenu === 'download';
    },
    get downloadMenuState() {
      return String(this.isDownloadMenuOpen);
    },
    get shownDownloads() {
      return this.downloadsOf(false);
    },
    get allDownloads() {
      return this.downloadsOf(true);
    },
    /** Without a filter both would be the same. */
    get hasTwoDownloads() {
      return areFiltering(this.filters);
    },
    get shownDownloadWords() {
      if (!this.hasTwoDownloads) return 'All lines';
      return this.matching === null ? 'The lines that are shown' : `The ${countText(this.matching, 'line')} shown`;
    },
    get copyAllWords() {
      return this.hasTwoDownloads ? 'Copy all that is shown' : 'Copy all lines';
    },
  };
}
