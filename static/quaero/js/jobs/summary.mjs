// A job, its steps and its counts as a page shows them: from the API's fields to words and classes.
import { LEVELS } from '../log-stream.mjs';
import { address } from '../lib/addresses.mjs';
import {
  capitalised,
  countText,
  durationText,
  momentText,
  numberText,
  progressText,
  runningTime,
} from '../lib/words.mjs';

const ACTIVE = ['pending', 'running'];

export function isActive(status) {
  return ACTIVE.includes(status);
}

/** What a list row and a page header have in common. `now` in milliseconds. */
export function describeJob(job, now) {
  const counts = job.counts ?? {};
  return {
    id: job.id,
    name: job.name,
    kind: job.kind,
    href: address('job', job.id),
    hasParent: Boolean(job.parent),
    parentHref: job.parent ? address('job', job.parent) : '',
    isActive: isActive(job.status),
    statusText: capitalised(job.status),
    statusClass: `status-${job.status}`,
    progress: job.progress ?? null,
    hasProgress: job.progress !== null && job.progress !== undefined && job.status === 'running',
    progressText: progressText(job.progress),
    startedText: momentText(job.started_at ?? job.created_at, now),
    startedAt: job.started_at ?? job.created_at ?? '',
    durationText: durationText(runningTime(job, now)),
    totalText: numberText(counts.total),
    errors: (counts.error ?? 0) + (counts.fatal ?? 0),
    errorsText: countText((counts.error ?? 0) + (counts.fatal ?? 0), 'error'),
    warnings: counts.warn ?? 0,
    warningsText: countText(counts.warn ?? 0, 'warning'),
  };
}

export function describeStep(step, isChosen, now) {
  const counts = step.counts ?? {};
  const errors = (counts.error ?? 0) + (counts.fatal ?? 0);
  return {
    id: step.id,
    name: step.name,
    pressed: String(isChosen),
    statusClass: `status-${step.status}`,
    statusText: capitalised(step.status),
    durationText: durationText(runningTime(step, now)),
    linesText: countText(counts.total ?? 0, 'line'),
    errors,
    errorsText: countText(errors, 'error'),
    warnings: counts.warn ?? 0,
    warningsText: countText(counts.warn ?? 0, 'warning'),
    error: step.error ?? '',
    hasError: Boolean(step.error),
  };
}

/** One badge a level, those with entries only. */
export function describeCounts(counts) {
  return LEVELS.filter((level) => counts?.[level]).map((level) => ({
    level,
    className: `log-level-${level}`,
    text: `${numberText(counts[level])} ${level}`,
  }));
}
