// A job's log by its steps, as members of its viewer: each step folds, as in a log of continuous integration.
import { LEVELS } from '../../log-stream.mjs';
import { keep, kept } from '../../lib/kept.mjs';
import { EntryStore } from '../window/entry-store.mjs';
import { CurrentHead } from './current-head.mjs';
import { StepHeads } from './heads.mjs';
import { SectionedStore } from './sectioned-store.mjs';

const CHOSEN = 'quaero.log.bySteps'; // of the browser
const LEAVE_STEPS_COUNTED = ['level', 'limit']; // filters under which it is known how many lines a step has

/** `steps()` gives the job's steps. */
export function bySteps(steps) {
  let sections = null;
  let heads = null;
  let current = null; // the head of the step that is read

  return {
    isGroupingChosen: kept('localStorage', CHOSEN, true),
    isGrouped: false,

    /** The store that the viewport shows: that of all entries, or one by steps of it. */
    viewedStore(flat, stream) {
      if (!this.isGrouped) return flat;
      heads = new StepHeads((key) => this.toggleStepLines(key));
      current = new CurrentHead(this.$refs.log, this.$refs.lines, (key) => this.foldCurrent(key));
      sections = new SectionedStore(flat, (key) => this.openStepStore(key, stream));
      this.tellSections();
      return sections;
    },

    forgetSections() {
      sections?.destroy();
      current?.destroy();
      sections = null;
      heads = null;
      current = null;
    },

    /** Another part of the log may be in view. */
    noteView() {
      if (!current) return;
      const viewport = this.viewport();
      const at = viewport.firstInView;
      const found = at && sections.sectionAt(at.place);
      const isAbove = found?.section.isOpen && (at.place > found.start || at.offset < 0);
      const room = isAbove ? (viewport.offsetOf(found.end) ?? Infinity) : 0;
      current.show(room >= 1 ? found.section : null, room); // of a row that ends there a fraction may be in view
    },

    /** How much of the top of the view is covered when that item is there. */
    coverOf(item) {
      return current && !item?.isHead ? current.height : 0;
    },

    openStepStore(key, stream) {
      const ofStep = key ? { step: key } : { outside_steps: 1 };
      const readPage = (page) => stream.readPage({ ...page, ...ofStep });
      const findPlace = (wanted) => stream.findPlace({ ...wanted, ...ofStep });
      return { store: new EntryStore({ readPage, findPlace }), readNewest: (limit) => readPage({ limit }) };
    },

    buildHead(item) {
      return heads.build(item);
    },

    /** The steps have changed, or the filters have. */
    groupSteps() {
      const isGrouped = this.isGroupingChosen && this.canGroup;
      if (isGrouped !== this.isGrouped) {
        this.isGrouped = isGrouped;
        this.showAnew();
      } else this.tellSections();
    },

    tellSections() {
      if (!sections || !this.job) return;
      sections.keepsOpen = !this.isFollowing;
      const countOf = ({ counts }) => countFrom(counts, this.filters.level);
      sections.setSteps(steps(), countOf, countFrom(this.job.counts, this.filters.level));
      this.updateHeads();
    },

    takeBySteps(entries) {
      sections?.take(entries);
    },

    clearSections() {
      sections?.clear();
    },

    updateHeads() {
      heads?.update();
      current?.update();
    },

    /** What the reader opens or closes moves nothing above it. */
    toggleStepLines(key) {
      this.viewport().setFollowing(false);
      sections.toggle(key);
      this.updateHeads();
    },

    /** The step that is read is left, so that its head is where it was shown already. */
    foldCurrent(key) {
      this.toggleStepLines(key);
      this.viewport().showPlace(sections.placeOfStep(key), { block: 'start' });
    },

    foldAll() {
      this.setAllOpen(false);
    },

    unfoldAll() {
      this.setAllOpen(true);
    },

    setAllOpen(isOpen) {
      this.viewport().setFollowing(false);
      sections.setAllOpen(isOpen);
      this.updateHeads();
      this.viewport().jumpToStart();
    },

    toggleGrouping() {
      this.isGroupingChosen = !this.isGroupingChosen;
      keep('localStorage', CHOSEN, this.isGroupingChosen);
      this.groupSteps();
    },

    /** To the first step that has failed, or its first error. */
    async goToFailedStep() {
      const failed = steps().find(({ status }) => status === 'failed');
      if (!failed) return false;
      const { logs } = await sections.readPage({ step: failed.id, level: 'error', offset: 0, limit: 1 });
      if (!this.isFollowing || !sections) return true;
      if (logs.length) this.showEntry(await sections.find({ id: logs[0].id }));
      else this.viewport().showPlace(sections.placeOfStep(failed.id), { block: 'start' });
      return true;
    },

    get canGroup() {
      const others = Object.entries(this.filters).filter(
        ([name, value]) => value && !LEAVE_STEPS_COUNTED.includes(name),
      );
      return this.hasSteps && others.length === 0;
    },
    get groupingPressed() {
      return String(this.isGrouped);
    },
  };
}

/** How many entries have at least this level. */
export function countFrom(counts, level) {
  const levels = LEVELS.slice(Math.max(0, LEVELS.indexOf(level)));
  return levels.reduce((sum, each) => sum + (counts?.[each] ?? 0), 0);
}
