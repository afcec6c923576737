// The log viewers as Alpine components. Attributes hold property and method names only: that is all the strict
// Content-Security-Policy of the pages lets Alpine evaluate, and all that a template should decide.
import { createStream, fetchJson } from './log-stream.mjs';
import { chooseSteps, describeCounts, describeJob, describeStep } from './job-summary.mjs';
import { readFilters, writeFilters } from './log-filters.mjs';
import { combined, logViewer } from './log-viewer.mjs';
import { serviceLogViewer } from './service-viewer.mjs';
import { streamSlot } from './stream-slot.mjs';
import { capitalised, momentText, numberText } from './words.mjs';

const CLOCK_MS = 1000; // the durations of what runs go on
const MANY_STEPS = 100; // drawn at once

/** The viewer of one job, whose id is the argument or `data-job-id` of the component's element. */
export function jobLogViewer(jobId) {
  let clock = null;
  let slot = null;

  return combined(logViewer(), {
    job: null,
    steps: [],
    stepName: '', // a part of the names of those that are shown
    mostSteps: MANY_STEPS,
    details: { exit_code: null, error: '' },
    now: Date.now(),

    init() {
      this.jobId = jobId ?? this.$el.dataset.jobId;
      this.filters = readFilters(location.search);
      this.showJobs(Boolean(this.filters.children));
      clock = setInterval(() => { this.now = Date.now(); }, CLOCK_MS);
      this.startViewer((options) => createStream(`/api/jobs/${this.jobId}/logs/stream`, options), {
        onStatus: (status) => this.showStatus(status),
        onDone: () => this.finish(),
        onError: (error) => this.forgetUnknownStep(error),
      });
      this.readDetails();
    },

    destroy() {
      clearInterval(clock);
      slot.close();
      this.stopViewer();
    },

    connectStream(stream) {
      const isWanted = () => !['Ended', 'Refused'].includes(stream.getState().state);
      slot = streamSlot({
        granted: () => {
          if (stream.getState().isPollingChosen) stream.reconnect();
          else if (isWanted()) stream.connect();
        },
        denied: () => isWanted() && stream.usePolling('other tabs hold the connections'),
      });
      slot.open();
    },

    finish() {
      slot.close();
      this.readDetails();
    },

    showStatus({ job, steps }) {
      this.job = job;
      this.steps = Object.freeze([...(steps ?? this.steps)]); // frozen: Alpine would watch each of thousands
      document.title = `${capitalised(job.status)}: ${job.name} · Quaero`;
    },

    /** What the stream does not tell, above all how the job ended. */
    async readDetails() {
      try {
        this.details = await fetchJson(`/api/jobs/${this.jobId}`);
        if (!this.job) this.showStatus({ job: this.details, steps: this.details.steps });
      } catch {
        // The stream meets the same refusal and says so.
      }
    },

    /** An address may name a step that is not this job's: better the whole log than none. */
    forgetUnknownStep(error) {
      if (error.status === 400 && this.filters.step) queueMicrotask(() => this.chooseAllSteps());
    },

    rememberFilters() {
      history.replaceState(null, '', location.pathname + writeFilters(this.filters) + location.hash);
    },

    chooseStep(event) {
      const { stepId } = event.currentTarget.dataset;
      this.filters.step = this.filters.step === stepId ? '' : stepId;
      this.applyFilters();
    },

    chooseAllSteps() {
      this.filters.step = '';
      this.applyFilters();
    },

    findStep(event) {
      this.stepName = event.currentTarget.value.trim().toLowerCase();
      this.mostSteps = MANY_STEPS;
    },

    showMoreSteps() {
      this.mostSteps += MANY_STEPS;
    },

    chooseLevel(event) {
      this.filters.level = event.currentTarget.dataset.level;
      this.applyFilters();
    },

    pressKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const field = event.target.closest('input, select, textarea');
      if (event.key === 'Escape') this.escape(field);
      else if (!field && event.key === '/') this.focusSearch(event);
      else if (!field && (event.key === 'End' || event.key === 'g')) this.jumpToEnd();
    },

    focusSearch(event) {
      event.preventDefault(); // or the slash would be typed into it
      this.$refs.search.focus();
    },

    escape(field) {
      field?.blur();
      if (this.isFiltering) this.clearFilters();
    },

    get summary() {
      return describeJob(this.job ?? { id: this.jobId, name: 'Job' }, this.now);
    },
    get isKnown() {
      return this.job !== null;
    },
    get levelCounts() {
      return describeCounts(this.job?.counts);
    },
    get stepRows() {
      const chosen = chooseSteps(this.namedSteps, this.mostSteps, this.filters.step);
      return chosen.map((step) => describeStep(step, this.filters.step, this.now));
    },
    get namedSteps() {
      return this.stepName ? this.steps.filter(({ name }) => name.toLowerCase().includes(this.stepName)) : this.steps;
    },
    get hasManySteps() {
      return this.steps.length > MANY_STEPS;
    },
    get hasMoreSteps() {
      return this.namedSteps.length > this.mostSteps;
    },
    get moreStepsWords() {
      return `${numberText(this.mostSteps)} of ${numberText(this.namedSteps.length)}`;
    },
    get hasSteps() {
      return this.steps.length > 0;
    },
    get isEveryStepShown() {
      return String(this.filters.step === '');
    },
    get logClass() {
      return this.filters.step ? 'log-of-one-step' : '';
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
