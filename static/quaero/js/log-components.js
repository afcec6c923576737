// The log viewers as Alpine components. Attributes hold property and method names only: that is all the strict
// Content-Security-Policy of the pages lets Alpine evaluate, and all that a template should decide.
import { createStream } from './log-stream.mjs';
import { address, jobApi } from './lib/addresses.mjs';
import { fetchExactly } from './lib/exact-json.mjs';
import { describeCounts, describeJob } from './jobs/summary.mjs';
import { addActions } from './keyboard/page.mjs';
import { NO_FILTERS, historyMethod, readFilters, saidFilters, writeFilters } from './log/filters/address.mjs';
import { refusedFilters } from './log/filters/chips.mjs';
import { writeRange } from './log/links/line-range.mjs';
import { jobLogActions } from './log/log-actions.mjs';
import { logViewer } from './log/viewer.mjs';
import { readMarks, withMarks } from './log/marks/words.mjs';
import { serviceLogViewer } from './log/service-viewer.mjs';
import { bySteps } from './log/steps/by-step.mjs';
import { StepList } from './log/steps/list.mjs';
import { slotFor } from './shared-streams/slot.mjs';
import { combined } from './lib/members.mjs';
import { capitalised, momentText } from './lib/words.mjs';

const NOT_YET = Number.MAX_SAFE_INTEGER; // a revision that no job has
const CLOCK_MS = 1000; // the durations of what runs go on
const MANY_STEPS = 100; // more are found by a part of their names

/** The viewer of one job, whose id is the argument or `data-job-id` of the component's element. */
export function jobLogViewer(jobId) {
  let clock = null;
  let slot = null;
  let steps = []; // out of Alpine's sight: of thousands it would look at each
  let stepList = null;
  let hasOpened = false;
  let jobRead = null; // a promise of the job's own address, as it was read last
  let isOver = false; // no more will come
  let forget = null; // its actions

  const viewer = combined(
    logViewer(),
    bySteps(() => steps),
  );
  const { applyFilters, showEntries, dropEntries, follow } = viewer;

  return combined(viewer, {
    job: null,
    otherPage: '', // where the same log is: its full screen, or the job's page
    stepName: '', // a part of the names of those that are shown
    stepCount: 0,
    isPageOfItsOwn: true, // beside which there is nothing that the keys could be for
    details: { exit_code: null, error: '' },
    now: Date.now(),

    init() {
      this.jobId = jobId ?? this.$el.dataset.jobId;
      this.otherPage = this.$el.dataset.otherPage ?? '';
      this.filters = readFilters(location.search, saidFilters());
      this.marks = readMarks(location.search);
      this.readRange();
      this.showJobs(Boolean(this.filters.children));
      if (this.$refs.steps) stepList = new StepList(this.$refs.steps);
      clock = setInterval(() => this.tick(), CLOCK_MS);
      // The viewer's own store holds the entries.
      this.startViewer(
        (options) => createStream(address('job_log_stream', this.jobId), { ...options, maxBufferSize: 0 }),
        {
          onStatus: (status) => this.showStatus(status),
          onDone: () => this.finish(),
          onError: (error) => this.forgetUnknownStep(error),
        },
      );
      forget = addActions(jobLogActions(this, this.$el, this.isPageOfItsOwn));
    },

    destroy() {
      forget();
      clearInterval(clock);
      stepList?.destroy();
      isOver = true;
      slot?.close();
      this.stopViewer();
    },

    async connectStream(stream) {
      this.readDetails();
      // Of a log that is filtered, or of a family, the newest lines may be long in coming; a stream says so.
      if (!writeFilters({ ...this.filters, limit: NO_FILTERS.limit })) await this.begin(stream);
      if (isOver) return;
      slot = slotFor(stream);
      slot.open();
    },

    async begin(stream) {
      try {
        await stream.begin(jobRead);
      } catch {
        // The stream meets the same refusal and says so.
      }
    },

    finish() {
      isOver = true;
      slot?.close();
      if (!this.details.finished_at) this.readDetails();
    },

    tick() {
      this.now = Date.now();
      stepList?.tick(this.now);
      this.updateHeads();
    },

    showEntries(entries, meta) {
      showEntries.call(this, entries, meta);
      this.takeBySteps(entries);
    },

    dropEntries() {
      this.clearSections();
      dropEntries.call(this);
    },

    follow(isFollowing) {
      follow.call(this, isFollowing);
      this.tellSections();
    },

    showStatus(status) {
      const { job } = status;
      this.job = job;
      steps = status.steps ?? steps;
      this.stepCount = steps.length;
      this.groupSteps();
      if (!hasOpened) this.opened();
      this.showSteps();
      document.title = `${capitalised(job.status)}: ${job.name} · Quaero`;
    },

    showSteps() {
      const named = this.stepName ? steps.filter(({ name }) => name.toLowerCase().includes(this.stepName)) : steps;
      stepList?.show(named, this.filters.step, Date.now());
    },

    /** A log opens at the line that its address names, or where a job that failed has its first error. */
    opened() {
      if (hasOpened || !this.hasAnswered || !this.job) return;
      hasOpened = true;
      if (!this.goToHash() && this.job.status === 'failed') this.goToFirstError();
    },

    /** To the first of the lines that the address names. Says whether it names some. */
    goToHash() {
      if (this.hasRange) this.goTo({ line: this.range.first });
      return this.hasRange;
    },

    /** The address has another hash. */
    readHash() {
      this.readRange();
      this.goToHash();
    },

    async goToFirstError() {
      const store = this.store();
      const level = this.filters.level === 'fatal' ? 'fatal' : 'error';
      try {
        if (this.isGrouped && (await this.goToFailedStep())) return;
        const { logs } = await store.readPage({ level, offset: 0, limit: 1 });
        if (logs.length && this.isFollowing) this.showEntry(await store.find({ id: logs[0].id }));
      } catch {
        // the end of the log is a good place as well
      }
    },

    /** What the stream leaves out, above all how the job ended. */
    async readDetails() {
      try {
        // Without the steps where there are many: those come by the stream.
        jobRead = fetchExactly(`${jobApi(this.jobId)}?steps_since=${NOT_YET}`);
        const { steps: few, partial, ...details } = await jobRead;
        this.details = details;
        if (!this.job) this.showStatus({ job: details, steps: partial ? steps : few });
      } catch {
        // The stream meets the same refusal and says so.
      }
    },

    /** An address may name a step that is not this job's: better the whole log than none. */
    forgetUnknownStep(error) {
      if ('step' in refusedFilters(error)) queueMicrotask(() => this.chooseAllSteps());
    },

    knownSteps() {
      return steps;
    },

    dayShown() {
      return Date.parse(this.job?.started_at ?? this.job?.created_at) || this.now;
    },

    applyFilters() {
      applyFilters.call(this);
      this.groupSteps();
      this.showSteps(); // the chosen one is marked
    },

    logAddress() {
      return jobApi(this.jobId, '/logs');
    },

    /** Filters and marks, as the page's address has them. */
    addressQuery() {
      return withMarks(writeFilters(this.filters), this.marks);
    },

    rememberFilters() {
      const query = this.addressQuery();
      const remember = historyMethod(location.search, query);
      if (remember) history[remember](null, '', location.pathname + query + location.hash);
    },

    /** The reader went back or forth to an address with other filters. */
    recallFilters() {
      if (location.search === this.addressQuery()) return;
      const filters = readFilters(location.search, saidFilters());
      this.filters = filters;
      this.marks = readMarks(location.search);
      this.readRange();
      this.showJobs(Boolean(filters.children));
      this.applyFilters();
    },

    chooseStep(event) {
      const stepId = event.target.closest('[data-step-id]')?.dataset.stepId;
      if (!stepId) return;
      this.filters.step = this.filters.step === stepId ? '' : stepId;
      this.applyFilters();
    },

    chooseAllSteps() {
      this.filters.step = '';
      this.applyFilters();
    },

    findStep(event) {
      this.stepName = event.currentTarget.value.trim().toLowerCase();
      this.showSteps();
    },

    chooseLevel(event) {
      this.filters.level = event.currentTarget.dataset.level;
      this.applyFilters();
    },

    /** Out of a field, and out of the filters. */
    leave(field) {
      field?.blur();
      if (this.isFiltering) this.clearFilters();
    },

    get summary() {
      return describeJob(this.job ?? { id: this.jobId, name: 'Job' }, this.now);
    },
    get startedAt() {
      return this.job?.started_at ?? null;
    },
    /** With the filters. */
    get otherPageHref() {
      return this.otherPage + this.addressQuery() + writeRange(this.range);
    },
    get isKnown() {
      return this.job !== null;
    },
    get levelCounts() {
      return describeCounts(this.job?.counts);
    },
    get hasSteps() {
      return this.stepCount > 0;
    },
    get hasManySteps() {
      return this.stepCount > MANY_STEPS;
    },
    get isEveryStepShown() {
      return String(this.filters.step === '');
    },
    get logClass() {
      const ofSteps = this.filters.step ? 'log-of-one-step' : '';
      return `${this.selectedClass} ${this.isGrouped ? 'log-by-steps' : ofSteps}`;
    },
    get finishedText() {
      return momentText(this.job?.finished_at, this.now);
    },
    get hasFinished() {
      return Boolean(this.job?.finished_at);
    },
    get exitText() {
      return String(this.details.exit_code ?? '');
    },
    get hasExitCode() {
      return this.details.exit_code !== null && this.details.exit_code !== undefined;
    },
    get hasFailure() {
      const { error, exit_code: code } = this.details;
      return Boolean(error) && error !== `exit code ${code}`; // which stands above already
    },
  });
}

document.addEventListener('alpine:init', () => {
  globalThis.Alpine.data('jobLogViewer', jobLogViewer);
  globalThis.Alpine.data('serviceLogViewer', serviceLogViewer);
});
