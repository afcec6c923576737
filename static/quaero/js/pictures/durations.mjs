// How long earlier runs of the same name took, beside this one: as bars, and whether that is usual in words.
import { readJobs } from '../jobs/live-list.mjs';
import { combined } from '../lib/members.mjs';
import { capitalised, countText, durationText, momentText, runningTime } from '../lib/words.mjs';

const RUNS = 30;
const ENOUGH = 3; // of a median of fewer nothing can be said
const UNUSUAL = 1.25; // times the median, or its reverse
const UNNOTICED_MS = 1000; // differences of less do not matter to a reader

export function medianOf(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `runs`: this job and earlier ones of its name, newest first; `now` in milliseconds. Null when there are none to
 *  compare with. */
export function describeDurations(runs, jobId, now) {
  const timed = runs.filter((run) => run.started_at).toReversed();
  const own = timed.find((run) => run.id === jobId);
  const usual = timed.filter((run) => run.id !== jobId && run.status === 'completed');
  if (!own || timed.length < 2) return null;
  const times = timed.map((run) => runningTime(run, now));
  const longest = Math.max(1, ...times);
  const median = usual.length ? medianOf(usual.map((run) => runningTime(run, now))) : null;
  const verdict = verdictOf(own, median, usual.length, now);
  return {
    ...verdict,
    label: labelOf(own, median, usual.length, verdict, now),
    bars: timed.map((run, place) => ({
      id: run.id,
      barClass: `status-${run.status}${run.id === jobId ? ' is-current' : ''}`,
      barStyle: { height: `${Math.round((100 * Math.max(0, times[place])) / longest)}%` },
      title: `${momentText(run.started_at, now)}: ${durationText(times[place])}, ${capitalised(run.status)}`,
    })),
  };
}

function verdictOf(own, median, count, now) {
  if (count < ENOUGH) return { words: '', isSlower: false };
  const time = runningTime(own, now);
  const differs = Math.abs(time - median) > UNNOTICED_MS;
  if (differs && time > UNUSUAL * median) {
    return { words: `slower than usual (${durationText(median)})`, isSlower: true };
  }
  const isOver = own.status === 'completed'; // what runs, or has failed, may only not have got as far
  if (isOver && differs && time * UNUSUAL < median) {
    return { words: `quicker than usual (${durationText(median)})`, isSlower: false };
  }
  return { words: `usually ${durationText(median)}`, isSlower: false };
}

function labelOf(own, median, count, { words }, now) {
  const usual =
    median === null
      ? 'none has completed'
      : `the median of ${countText(count, 'completed run')} is ${durationText(median)}`;
  return `Durations of runs of this name: ${usual}, this one ${durationText(runningTime(own, now))}${words && `: ${words}`}`;
}

/** The component of a job's log with the durations of earlier runs. */
export function withDurations(viewer) {
  const { readDetails } = viewer;
  let isRead = false;

  return combined(viewer, {
    earlierRuns: [],

    async readDetails() {
      await readDetails.call(this);
      if (!isRead && this.details.created_at && this.details.kind !== 'service') this.readEarlierRuns();
    },

    async readEarlierRuns() {
      isRead = true;
      const { name, created_at: created } = this.details;
      try {
        const { jobs } = await readJobs({ name, created_to: created }, RUNS + 1);
        this.earlierRuns = jobs.filter(({ id }) => id !== this.jobId);
      } catch {
        isRead = false; // once more when the job ends; nothing else depends on it
      }
    },

    get durations() {
      const own = this.job;
      return own && this.earlierRuns.length
        ? describeDurations([own, ...this.earlierRuns], this.jobId, this.now)
        : null;
    },
    get hasDurations() {
      return this.durations !== null;
    },
    get durationBars() {
      return this.durations?.bars ?? [];
    },
    get durationsLabel() {
      return this.durations?.label ?? '';
    },
    get durationsWords() {
      return this.durations?.words ?? '';
    },
    get durationsClass() {
      return this.durations?.isSlower ? 'is-slower' : 'hint';
    },
  });
}
