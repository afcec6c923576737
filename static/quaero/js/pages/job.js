// A job's page as Alpine components: its log, and around it what people do to it, what came of it, and its relatives.
import { FamilyTree } from '../jobs/family-tree.mjs';
import { jobActions } from '../jobs/actions.mjs';
import { jobResult } from '../results/view.mjs';
import { jobRuns } from '../jobs/runs.mjs';
import { describeSpec, isRun } from '../jobs/spec.mjs';
import { describeJob, isActive } from '../jobs/summary.mjs';
import { isNewer } from '../jobs/table.mjs';
import { jobsSubscription } from '../jobs/live-list.mjs';
import { writeRange } from '../log/links/line-range.mjs';
import { jobLogViewer } from '../log-components.js';
import { fetchJson } from '../log-stream.mjs';
import { jobCompare } from '../pictures/compare.mjs';
import { withDurations } from '../pictures/durations.mjs';
import { withPictures } from '../pictures/job-pictures.mjs';
import { combined } from '../lib/members.mjs';
import { STARTS_A_WORKER, WorkerWatch } from '../jobs/workers.mjs';
import { address, jobApi } from '../lib/addresses.mjs';
import { momentText } from '../lib/words.mjs';

const VIEWS = { log: 'Log', result: 'Result', spec: 'What was run', runs: 'Earlier runs', compare: 'Compare' };

export function jobPage() {
  const log = withDurations(withPictures(jobLogViewer()));
  const { init, destroy, finish, showStatus, readDetails, readHash } = log;
  let news = null; // of all jobs: for this one's relatives, and for what its own stream leaves out
  let workers = null;
  let tree = null;
  let isListening = false;

  return combined(log, {
    view: 'log',
    family: [],
    familySize: 0,
    isFamilyCut: false,
    isFamilyOpen: true,
    workersAlive: null,
    relatives: {}, // rows of the parent and of the run that this one repeats, by id

    init() {
      tree = new FamilyTree(this.$el.dataset.jobId);
      this.isFamilyOpen = globalThis.innerWidth > 700;
      this.readView();
      news = jobsSubscription({
        onSubscribed: () => this.readFamily(),
        onPoll: () => this.readFamily(),
        onStats() {},
        onJob: (job) => this.takeNews(job),
        onDeleted: (id) => tree.remove(id) && this.showFamily(),
        onState() {},
      });
      workers = new WorkerWatch({
        onWorkers: ({ alive }) => {
          this.workersAlive = alive;
        },
      });
      init.call(this);
    },

    destroy() {
      workers.close();
      if (isListening) news.close();
      destroy.call(this);
    },

    readHash() {
      this.readView();
      readHash.call(this);
    },

    readView() {
      const named = location.hash.slice(1);
      this.view = Object.hasOwn(VIEWS, named) ? named : 'log';
    },

    chooseView(event) {
      this.view = event.currentTarget.dataset.view;
      const hash = this.view === 'log' ? writeRange(this.range) : `#${this.view}`;
      history.replaceState(null, '', location.pathname + location.search + hash);
    },

    showStatus(status) {
      const before = this.job?.status;
      showStatus.call(this, status);
      if (status.children && tree.merge(status.children)) this.showFamily();
      if (before && before !== this.job.status) this.readDetails();
      this.listen();
    },

    /** A run may be over, and have started others, before anybody listened. */
    finish() {
      finish.call(this);
      this.readFamily();
    },

    async readDetails() {
      await readDetails.call(this);
      this.listen();
      for (const id of [this.details.parent, this.details.rerun_of]) this.readRelative(id);
    },

    /** While something of the family may still change, and a worker while the job waits for one. */
    listen() {
      if (!this.job) return;
      const mayChange = isActive(this.job.status) || tree.isActive;
      if (mayChange && !isListening) news.open();
      if (!mayChange && isListening) news.close();
      isListening = mayChange;
      if (this.isWaiting) workers.open();
      else workers.close();
    },

    takeNews(job) {
      if (job.id === this.jobId) this.applyDetails(job);
      else if (tree.apply(job)) this.showFamily();
    },

    /** A newer row of this job: who asked it to end, which attempt it is, where it runs. */
    applyDetails(job) {
      if (isNewer(job, this.details.revision === undefined ? null : this.details))
        this.details = { ...this.details, ...job };
    },

    async readFamily() {
      try {
        tree.load(await fetchJson(jobApi(this.jobId, '/tree')));
      } catch {
        return; // the log's stream meets the same refusal and says so
      }
      this.showFamily();
    },

    showFamily() {
      this.family = tree.rows;
      this.familySize = tree.size;
      this.isFamilyCut = tree.isTruncated;
      this.listen();
    },

    toggleFamily() {
      this.isFamilyOpen = !this.isFamilyOpen;
    },

    async readRelative(id) {
      if (!id || this.relatives[id]) return;
      try {
        const { name, created_at: created } = await fetchJson(jobApi(id));
        this.relatives = { ...this.relatives, [id]: { name, created } };
      } catch {
        // it was deleted meanwhile, or the server is away: its link says enough
      }
    },

    toggleChildren(event) {
      this.filters.children = event.currentTarget.checked ? '1' : '';
      this.showJobs(Boolean(this.filters.children));
      this.applyFilters();
    },

    get hasFamily() {
      return this.familySize > 0;
    },
    get canShowChildren() {
      return this.hasFamily || Boolean(this.filters.children);
    },
    get showsChildren() {
      return Boolean(this.filters.children);
    },
    get familyRows() {
      return this.family.map(({ job, depth }) => ({
        ...describeJob(job, this.now),
        depthClass: `depth-${Math.min(depth, 6)}`,
      }));
    },
    get familyExpanded() {
      return String(this.isFamilyOpen);
    },
    get hasSidebar() {
      return this.hasSteps || this.hasFamily;
    },
    get hasResult() {
      return this.details.result !== null && this.details.result !== undefined;
    },
    get spec() {
      return describeSpec(this.details.spec) ?? { facts: [], parameters: [], text: '', textLabel: '' };
    },
    get hasSpec() {
      return describeSpec(this.details.spec) !== null;
    },
    get hasParameters() {
      return this.spec.parameters.length > 0;
    },
    get canEdit() {
      return isRun(this.details.spec);
    },
    get editHref() {
      return `${address('run')}?rerun=${this.jobId}`;
    },
    get hasRuns() {
      return this.isKnown && this.job.kind !== 'service';
    },
    get views() {
      return { log: true, result: this.hasResult, spec: this.hasSpec, runs: this.hasRuns, compare: this.hasRuns };
    },
    get tabs() {
      return Object.keys(VIEWS)
        .filter((view) => this.views[view])
        .map((view) => ({
          view,
          text: VIEWS[view],
          pressed: String(view === this.shownView),
        }));
    },
    /** The chosen view, or the log while there is no such view. */
    get shownView() {
      return this.views[this.view] ? this.view : 'log';
    },
    get isLogShown() {
      return this.shownView === 'log';
    },
    get isResultShown() {
      return this.shownView === 'result';
    },
    get isSpecShown() {
      return this.shownView === 'spec';
    },
    get areRunsShown() {
      return this.shownView === 'runs';
    },
    get isComparisonShown() {
      return this.shownView === 'compare';
    },
    get isWaiting() {
      return this.job?.status === 'pending' && isRun(this.details.spec);
    },
    get waitingWords() {
      if (this.workersAlive === 0) return `No worker is there. The run waits until one is started: ${STARTS_A_WORKER}.`;
      if (this.details.attempt > 1) return `Waiting for attempt ${this.details.attempt}.`;
      return this.details.spec?.concurrency === 'queue' ? 'Waiting for its turn.' : 'Waiting for a worker.';
    },
    get waitingClass() {
      return this.workersAlive === 0 ? 'notice-warn' : 'notice-quiet';
    },
    get attemptText() {
      return this.details.attempt > 1 ? String(this.details.attempt) : '';
    },
    get createdBy() {
      return this.details.created_by ?? '';
    },
    get worker() {
      return this.details.worker ?? '';
    },
    get parentId() {
      return this.details.parent ?? '';
    },
    get parentHref() {
      return address('job', this.parentId);
    },
    get parentName() {
      return this.relatives[this.parentId]?.name ?? 'another job';
    },
    get repeatedId() {
      return this.details.rerun_of ?? '';
    },
    get repeatedHref() {
      return address('job', this.repeatedId);
    },
    get repeatedText() {
      const repeated = this.relatives[this.repeatedId];
      return repeated ? `${repeated.name}, ${momentText(repeated.created, this.now)}` : 'another run';
    },
  });
}

document.addEventListener('alpine:init', () => {
  const { Alpine } = globalThis;
  Alpine.data('jobPage', jobPage);
  Alpine.data('jobActions', jobActions);
  Alpine.data('jobResult', jobResult);
  Alpine.data('jobRuns', jobRuns);
  Alpine.data('jobCompare', jobCompare);
});
