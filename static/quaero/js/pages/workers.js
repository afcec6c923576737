// The list of workers as an Alpine component.
import { address } from '../lib/addresses.mjs';
import { refusalText, signInAddress } from '../lib/refusals.mjs';
import { capitalised, momentText, progressText } from '../lib/words.mjs';
import { WorkerWatch, ageText, waitingText, workerClass } from '../jobs/workers.mjs';

const CLOCK_MS = 1000; // ages grow between two looks

export function workerList() {
  let watch = null;
  let clock = null;

  return {
    workers: [],
    waiting: '',
    now: Date.now(),
    isLoaded: false,
    problem: '',
    refusal: 0,

    init() {
      watch = new WorkerWatch({
        onWorkers: (answer) => this.show(answer),
        onError: (error) => this.fail(error),
      });
      watch.open();
      clock = setInterval(() => {
        this.now = Date.now();
      }, CLOCK_MS);
    },

    destroy() {
      watch.close();
      clearInterval(clock);
    },

    show(answer) {
      this.workers = answer.workers;
      this.waiting = waitingText(answer);
      this.now = Date.now();
      this.isLoaded = true;
      this.problem = '';
      this.refusal = 0;
    },

    fail(error) {
      this.problem = refusalText(error);
      this.refusal = error.status;
    },

    get rows() {
      return this.workers.map(({ name, hostname, status, heartbeat_at: heartbeat, started_at: started, job }) => ({
        name,
        hostname,
        statusText: capitalised(status),
        statusClass: workerClass(status),
        heartbeatText: ageText(heartbeat, this.now),
        heartbeatAt: heartbeat,
        startedText: momentText(started, this.now),
        startedAt: started,
        hasJob: job !== null,
        isIdle: job === null,
        jobName: job?.name ?? '',
        jobHref: job ? address('job', job.id) : '',
        hasProgress: typeof job?.progress === 'number',
        progress: job?.progress ?? 0,
        progressText: progressText(job?.progress),
      }));
    },
    get hasRows() {
      return this.workers.length > 0;
    },
    get hasNone() {
      return this.isLoaded && this.workers.length === 0;
    },
    get isLoading() {
      return !this.isLoaded && !this.problem;
    },
    get signInHref() {
      return this.mustSignIn ? signInAddress() : '';
    },
    get mustSignIn() {
      return this.refusal === 401;
    },
  };
}

document.addEventListener('alpine:init', () => {
  globalThis.Alpine.data('workerList', workerList);
});
