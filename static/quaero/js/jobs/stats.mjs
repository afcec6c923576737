// The numbers above the list of jobs.
import { readJobs } from './live-list.mjs';
import { apiFilters, NO_JOB_FILTERS } from './filters.mjs';
import { address } from '../lib/addresses.mjs';
import { countText, momentText, numberText } from '../lib/words.mjs';

const TOPIC_WORDS = { jobs: 'the list of jobs', service: 'everything' };

/** What the tile of failures counts, and what a click on it shows: jobs of the last day that failed. */
export const FAILED_LATELY = { ...NO_JOB_FILTERS, status: 'failed', created: '24h' };

export async function countFailedLately(now) {
  const { counts } = await readJobs(apiFilters(FAILED_LATELY, now), 1);
  return counts.failed;
}

function rateText(rate) {
  return rate > 0 && rate < 10 ? rate.toFixed(1) : numberText(Math.round(rate));
}

/** Who watches what since when, the newest first; `rest` says how many more there are. */
export function describeSessions(stats, now) {
  const sessions = stats?.active_sessions ?? [];
  const more = (stats?.active_streams ?? 0) - sessions.length;
  return {
    rows: sessions.map(({ user, topic, since }, place) => {
      const jobId = topic.startsWith('job:') ? topic.slice(4) : '';
      return {
        key: `${since} ${place}`,
        user,
        href: jobId && address('job', jobId),
        jobText: jobId && `job ${jobId.slice(0, 8)}`,
        otherText: jobId ? '' : (TOPIC_WORDS[topic] ?? topic),
        since,
        sinceText: `since ${momentText(since, now)}`,
      };
    }),
    rest: more > 0 ? `and ${numberText(more)} more` : '',
  };
}

/** `stats` is the payload of `job:stats`, or null before the first. */
export function describeStats(stats, failedLately) {
  if (!stats) return { running: '–', waiting: '–', failed: '–', rate: '–', watching: '–' };
  const { by_status: byStatus = {} } = stats;
  return {
    running: numberText(byStatus.running),
    waiting: numberText(byStatus.pending),
    failed: failedLately === null ? '–' : numberText(failedLately),
    rate: stats.entries_per_second === undefined ? '–' : rateText(stats.entries_per_second),
    watching: stats.active_users === undefined ? '–' : countText(stats.active_users, 'person', 'people'),
  };
}
