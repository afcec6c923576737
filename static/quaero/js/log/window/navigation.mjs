// How a reader moves in a log: following its end, going to a line or a time, and the current line of the keyboard.
import { refusalText } from '../../lib/refusals.mjs';
import { countText, numberText } from '../../lib/words.mjs';
import { targetOf } from './targets.mjs';

const ANNOUNCED_EVERY_MS = 5000; // what a screen reader says of lines that come

/** Members of a log viewer. */
export function navigation() {
  let announcing = null;

  return {
    isFollowing: true,
    missed: 0, // lines that came since the reader left the end
    announcement: '',
    notice: '', // why the reader is not where they wanted to be

    follow(isFollowing) {
      this.isFollowing = isFollowing;
      if (isFollowing) this.notice = '';
    },

    toggleFollow() {
      this.viewport()?.setFollowing(!this.isFollowing);
    },

    jumpToEnd() {
      this.viewport()?.jumpToEnd();
    },

    jumpToStart() {
      this.notice = '';
      this.viewport()?.jumpToStart();
    },

    noteMissed(missed) {
      if (this.missed !== missed) this.missed = missed;
      if (missed === 0 || announcing !== null) return;
      this.announcement = countText(missed, 'new line');
      announcing = setTimeout(() => {
        announcing = null;
        this.announcement = '';
      }, ANNOUNCED_EVERY_MS);
    },

    /** To what the field says, a line's number or a time. */
    async submitJump() {
      const field = this.$refs.jump;
      const target = targetOf(field.value, this.dayInView(), this.rowSettings.zone === 'UTC');
      if (!target) this.notice = 'Give the number of a line, or a time such as 14:03:11.';
      else if (target.line && this.showsJob)
        this.notice = 'Lines have numbers in the log of one job alone. Give a time.';
      else if (await this.goTo(target)) {
        field.value = '';
        this.$refs.log.focus({ preventScroll: true });
      }
    },

    openJump() {
      this.$refs.jump?.focus();
    },

    leaveJump() {
      this.$refs.jump.value = '';
      this.$refs.log.focus({ preventScroll: true });
    },

    dayInView() {
      const place = this.viewport()?.firstInView?.place;
      const entry = place === undefined ? undefined : this.store().at(place);
      return entry ? new Date(entry.timestamp) : new Date();
    },

    /** To the entry at or after a `line`, an `id` or a `time`. Says whether it could be found out where that is. */
    async goTo(target, block = 'center') {
      const store = this.store();
      const { generation } = store;
      this.notice = '';
      try {
        const found = await store.find(target);
        if (generation !== store.generation) return false;
        this.arrive(target, found, block);
        return true;
      } catch (error) {
        this.notice = `${refusalText(error)}.`;
        return false;
      }
    },

    arrive({ line }, { id, line: foundLine, place }, block) {
      const { first, end } = this.store();
      const shown = id === null ? end - 1 : place;
      if (shown < first) return;
      this.viewport().showPlace(shown, { block, id });
      this.viewport().setCurrent(shown, id ?? undefined);
      if (line !== undefined && line !== foundLine) this.notice = this.missingWords(line, foundLine, shown);
    },

    /** Into the middle of the view, unless it is in view already. */
    showEntry({ id, place }) {
      const viewport = this.viewport();
      viewport?.showPlace(place, { block: viewport.isInView(place) ? 'nearest' : 'center', id });
      viewport?.setCurrent(place, id);
    },

    /** Why another line is shown than the one that was wanted. */
    missingWords(line, foundLine, shown) {
      const wanted = `Line ${numberText(line)}`;
      if (foundLine === null) return `${wanted} does not exist: ${this.lastLineWords()}.`;
      if (this.isFiltering)
        return `${wanted} does not match the filters; the next one that does is line ${numberText(foundLine)}.`;
      if (shown === this.store().first)
        return `${wanted} is not stored any more; the log begins at line ${numberText(foundLine)}.`;
      return `${wanted} is not stored any more; the next one is line ${numberText(foundLine)}.`;
    },

    lastLineWords() {
      const last = this.store().at(this.store().end - 1)?.line;
      return last ? `the log ends at line ${numberText(last)}` : 'the log is empty';
    },

    dropNotice() {
      this.notice = '';
    },

    get isBehind() {
      return !this.isFollowing;
    },
    get jumpWords() {
      return this.missed ? `Jump to the end ↓ · ${numberText(this.missed)} new` : 'Jump to the end ↓';
    },
    get followPressed() {
      return String(this.isFollowing);
    },
    get followWords() {
      return this.missed ? `Follow · ${countText(this.missed, 'new line')}` : 'Follow';
    },
    get hasNotice() {
      return this.notice !== '';
    },
  };
}
