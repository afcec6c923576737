// What ran when: the steps of a job as bars on one axis of time. Pure.
import { isActive } from '../jobs/summary.mjs';
import { capitalised, countText, durationText, runningTime } from '../lib/words.mjs';

const startOf = (run) => (run.started_at ? Date.parse(run.started_at) : null);
const endOf = (run, now) => (run.finished_at ? Date.parse(run.finished_at) : now);

/** From when to when: all steps that have begun, in milliseconds. */
export function spanOf(steps, now) {
  const begun = steps.filter((step) => step.started_at);
  if (!begun.length) return { start: now, end: now };
  let [start, end] = [Infinity, -Infinity];
  for (const step of begun) {
    start = Math.min(start, startOf(step));
    end = Math.max(end, endOf(step, now));
  }
  return { start, end: Math.max(start, end) };
}

/** One step as a bar: where it begins and how long it is, in hundredths of the span. */
export function barOf(step, { start, end }, now) {
  const whole = Math.max(1, end - start);
  const begins = startOf(step);
  const time = runningTime(step, now);
  const from = begins === null ? 0 : Math.min(100, (100 * (begins - start)) / whole);
  return {
    left: from,
    width: begins === null ? 0 : Math.min(100 - from, (100 * Math.max(0, time)) / whole),
    isActive: isActive(step.status),
    statusText: capitalised(step.status),
    durationText: durationText(time),
  };
}

/** All of it in a sentence, for those who do not see it too. */
export function timelineWords(steps, now) {
  if (!steps.length) return '';
  const { start, end } = spanOf(steps, now);
  let longest = null;
  let failed = 0;
  for (const step of steps) {
    if (step.status === 'failed') failed += 1;
    if (step.started_at && (!longest || runningTime(step, now) > runningTime(longest, now))) longest = step;
  }
  const parts = [`${countText(steps.length, 'step')} over ${durationText(end - start)}`];
  if (longest && steps.length > 1)
    parts.push(`the longest ${longest.name}, ${durationText(runningTime(longest, now))}`);
  if (failed) parts.push(`${failed} failed`);
  return parts.join('; ');
}
