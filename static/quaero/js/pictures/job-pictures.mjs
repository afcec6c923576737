// The pictures above a job's log, as members of its component: its lines over time, and its steps.
import { buildQueryParams } from '../log-stream.mjs';
import { jobApi } from '../lib/addresses.mjs';
import { keep, kept } from '../lib/kept.mjs';
import { refusalText } from '../lib/refusals.mjs';
import { combined } from '../lib/members.mjs';
import { settings } from '../log/rows/settings.mjs';
import { pictureWords } from './histogram-data.mjs';
import { PictureReader } from './picture-reader.mjs';
import { StepTimeline } from './timeline.mjs';
import { timelineWords } from './timeline-layout.mjs';

const NARROW_PX = 700; // a window has no room for log and pictures at once
const OPEN = 'quaero.pictures'; // of the browser: which of them are open

/** The component of a job's log with its pictures. Its markup has the refs `histogram` and `timeline`. */
export function withPictures(viewer) {
  const { init, destroy, showStatus, applyFilters, tick } = viewer;
  let chart = null;
  let reader = null;
  let timeline = null;
  let steps = []; // out of Alpine's sight: of thousands it would look at each
  let shownLines = '';
  let newest = null; // the histogram as it was read last
  let stopWatching = null;

  return combined(viewer, {
    openPictures: { histogram: false, timeline: false },
    picture: '', // the histogram in words
    pointed: '', // what of it the reader points at
    pictureProblem: '',
    stepsWords: '',

    init() {
      init.call(this);
      stopWatching = settings.subscribe((_, name) => {
        if (name === 'zone' && newest) this.showPicture(newest);
      });
      if (innerWidth > NARROW_PX) this.openPictures = { ...this.openPictures, ...kept('localStorage', OPEN, {}) };
      if (this.openPictures.histogram) this.openHistogram();
      if (this.openPictures.timeline) this.openTimeline();
    },

    destroy() {
      stopWatching();
      this.closeHistogram();
      this.closeTimeline();
      destroy.call(this);
    },

    showStatus(status) {
      showStatus.call(this, status);
      steps = status.steps ?? steps;
      this.drawTimeline();
      const lines = [status.job, ...(status.children ?? [])].map((job) => `${job.last_line} ${job.status}`).join();
      if (lines !== shownLines) reader?.readSoon();
      shownLines = lines;
    },

    applyFilters() {
      applyFilters.call(this);
      this.drawTimeline(); // the chosen step is marked
      reader?.read();
    },

    tick() {
      tick.call(this);
      if (this.job && !this.job.finished_at) this.drawTimeline();
    },

    togglePicture(name, isOpen) {
      this.openPictures = { ...this.openPictures, [name]: isOpen };
      keep('localStorage', OPEN, this.openPictures);
    },

    toggleHistogram() {
      this.togglePicture('histogram', !this.openPictures.histogram);
      if (this.openPictures.histogram) this.openHistogram();
      else this.closeHistogram();
    },

    toggleTimeline() {
      this.togglePicture('timeline', !this.openPictures.timeline);
      if (this.openPictures.timeline) this.openTimeline();
      else this.closeTimeline();
    },

    async openHistogram() {
      this.pictureProblem = '';
      try {
        const [{ HistogramChart }, { loadUPlot }] = await Promise.all([
          import('./histogram-chart.mjs'),
          import('./uplot.mjs'),
        ]);
        const uPlot = await loadUPlot();
        if (chart || !this.openPictures.histogram) return; // it was closed meanwhile, or opened twice
        chart = new HistogramChart(this.$refs.histogram, uPlot, {
          onZoom: (range) => this.zoom(range),
          onUnzoom: () => this.unzoom(),
          onPoint: (words) => {
            this.pointed = words;
          },
        });
      } catch (error) {
        this.pictureProblem = error.message;
        return;
      }
      reader = new PictureReader(() => this.histogramUrl(), {
        onPicture: (picture) => this.showPicture(picture),
        onProblem: (error) => {
          this.pictureProblem = refusalText(error);
        },
      });
      reader.read();
    },

    closeHistogram() {
      reader?.stop();
      chart?.destroy();
      reader = null;
      chart = null;
      newest = null;
      this.pointed = '';
    },

    histogramUrl() {
      const { limit, ...filters } = this.streamFilters(); // how many lines are shown is nothing to the picture
      return `${jobApi(this.jobId, '/logs/histogram')}?${buildQueryParams({ ...filters, buckets: chart.buckets })}`;
    },

    showPicture(picture) {
      this.pictureProblem = '';
      const { zone } = settings.now;
      newest = picture;
      this.picture = pictureWords(picture, { zone, now: Date.now() });
      chart?.show(picture, zone);
    },

    /** The log of a stretch of time: filters like any, which the page shows and takes away. */
    zoom({ from, to }) {
      this.filters = { ...this.filters, from, to };
      this.applyFilters();
    },

    unzoom() {
      const { from, to, ...others } = this.filters;
      if (!from && !to) return;
      this.filters = others;
      this.applyFilters();
    },

    openTimeline() {
      this.$nextTick(() => {
        if (timeline || !this.openPictures.timeline) return;
        timeline = new StepTimeline(this.$refs.timeline, { onChoose: (id) => this.chooseStepOf(id) });
        this.drawTimeline();
      });
    },

    closeTimeline() {
      timeline?.destroy();
      timeline = null;
    },

    drawTimeline() {
      if (!timeline) return;
      const now = Date.now();
      timeline.show(steps, this.filters.step, now);
      this.stepsWords = timelineWords(steps, now);
    },

    chooseStepOf(id) {
      this.filters.step = this.filters.step === id ? '' : id;
      this.applyFilters();
    },

    get isHistogramOpen() {
      return this.openPictures.histogram;
    },
    get isTimelineOpen() {
      return this.openPictures.timeline && this.hasSteps;
    },
    get histogramExpanded() {
      return String(this.isHistogramOpen);
    },
    get timelineExpanded() {
      return String(this.isTimelineOpen);
    },
    get histogramWords() {
      return this.pictureProblem || this.pointed || this.picture;
    },
    get isZoomed() {
      return Boolean(this.filters.from || this.filters.to);
    },
  });
}
