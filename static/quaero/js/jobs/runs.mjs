// Earlier and later runs of the same name. Stands inside of the component of a job's page.
import { isActive } from './summary.mjs';
import { readJobs } from './live-list.mjs';
import { address } from '../lib/addresses.mjs';
import { refusalText } from '../lib/refusals.mjs';
import { capitalised, durationText, momentText, runningTime } from '../lib/words.mjs';

const RUNS = 10;
const LOOK_EVERY_MS = 5000;

/** The runs as rows, with bars in proportion to the longest. `now` in milliseconds. */
export function describeRuns(jobs, currentId, now) {
  const times = jobs.map((job) => runningTime(job, now));
  const longest = Math.max(1, ...times.map((time) => time ?? 0));
  return jobs.map((job, place) => ({
    id: job.id,
    href: address('job', job.id),
    isCurrent: job.id === currentId,
    current: job.id === currentId ? 'true' : null,
    rowClass: job.id === currentId ? 'is-current' : '',
    statusText: capitalised(job.status),
    statusClass: `status-${job.status}`,
    startedText: momentText(job.started_at ?? job.created_at, now),
    startedAt: job.started_at ?? job.created_at,
    durationText: durationText(times[place]),
    barStyle: { width: `${Math.round((100 * Math.max(0, times[place] ?? 0)) / longest)}%` },
    by: job.created_by ?? '',
  }));
}

export function jobRuns() {
  let timer = null;

  return {
    runs: [],
    runsProblem: '',
    hasReadRuns: false,

    init() {
      this.readRuns();
    },

    destroy() {
      clearTimeout(timer);
    },

    async readRuns() {
      clearTimeout(timer);
      try {
        if (!document.hidden) this.runs = (await readJobs({ name: this.job.name }, RUNS)).jobs;
        this.runsProblem = '';
        this.hasReadRuns = true;
      } catch (error) {
        this.runsProblem = refusalText(error);
      }
      if (!this.hasReadRuns || this.runs.some((job) => isActive(job.status))) {
        timer = setTimeout(() => this.readRuns(), LOOK_EVERY_MS);
      }
    },

    get runRows() {
      return describeRuns(this.runs, this.jobId, this.now);
    },
    get isOnlyRun() {
      return this.hasReadRuns && this.runs.length < 2;
    },
    get isLoadingRuns() {
      return !this.hasReadRuns && !this.runsProblem;
    },
  };
}
