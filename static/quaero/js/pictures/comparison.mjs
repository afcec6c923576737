// A run beside an earlier one: the server's comparison as rows and words. Pure.
import { LEVELS } from '../log-stream.mjs';
import { address } from '../lib/addresses.mjs';
import { capitalised, countText, durationText, momentText, numberText } from '../lib/words.mjs';

const NOTICED_S = 0.1; // a difference of less is said to be none
const NOTICED = 0.05; // and one of less than this share

/** `+12 s`, `−3.4 s`, or nothing when the two are as good as equal. */
export function differenceText(seconds, other) {
  const difference = differenceOf(seconds, other);
  return difference ? `${difference > 0 ? '+' : '−'}${durationText(1000 * Math.abs(difference))}` : '';
}

function differenceOf(seconds, other) {
  if (seconds === null || other === null || seconds === undefined || other === undefined) return 0;
  const difference = seconds - other;
  return Math.abs(difference) < Math.max(NOTICED_S, NOTICED * other) ? 0 : difference;
}

const classOf = (difference) => (difference > 0 ? 'is-more' : difference < 0 ? 'is-less' : '');
const secondsText = (seconds) => (seconds === null || seconds === undefined ? '–' : durationText(1000 * seconds));
const signed = (number) => (number > 0 ? `+${numberText(number)}` : number < 0 ? `−${numberText(-number)}` : '');

/** Rows of what the two runs are as wholes: durations, then lines and each level that either of them has. */
export function describeTotals({ job, with: earlier }) {
  const levels = ['total', ...LEVELS.filter((level) => job.run.counts[level] || earlier.run.counts[level])];
  const duration = {
    name: 'Duration',
    own: secondsText(job.duration_s),
    other: secondsText(earlier.duration_s),
    difference: differenceText(job.duration_s, earlier.duration_s),
    differenceClass: classOf(differenceOf(job.duration_s, earlier.duration_s)),
  };
  const counts = levels.map((level) => {
    const [own, other] = [job, earlier].map(({ run }) => run.counts[level]);
    const isBad = ['warn', 'error', 'fatal'].includes(level);
    return {
      name: level === 'total' ? 'Lines' : capitalised(level),
      own: numberText(own),
      other: numberText(other),
      difference: signed(own - other),
      differenceClass: isBad ? classOf(own - other) : '',
    };
  });
  const status = {
    name: 'Status',
    own: capitalised(job.run.status),
    other: capitalised(earlier.run.status),
    difference: '',
    differenceClass: '',
  };
  return [status, duration, ...counts];
}

/** Rows of the steps; `key` tells those of one name apart. */
export function describeSteps(steps) {
  return steps.map(({ name, job, with: earlier }, place) => ({
    key: place,
    name,
    ownStatus: job ? capitalised(job.status) : 'Not there',
    otherStatus: earlier ? capitalised(earlier.status) : 'Not there',
    ownClass: job ? `status status-${job.status}` : 'hint',
    otherClass: earlier ? `status status-${earlier.status}` : 'hint',
    own: secondsText(job?.duration_s),
    other: secondsText(earlier?.duration_s),
    difference: differenceText(job?.duration_s, earlier?.duration_s),
    differenceClass: classOf(differenceOf(job?.duration_s, earlier?.duration_s)),
    lines: [job, earlier].map((side) => (side ? numberText(side.counts.total) : '–')).join(' / '),
  }));
}

/** Where the logs part, in a sentence. */
export function logsWords({
  first_difference: difference,
  same_lines: same,
  is_complete: isWhole,
  is_pruned: isPruned,
}) {
  const begins = isPruned ? ' Older lines of one of them are deleted.' : '';
  if (!isWhole)
    return `The first ${countText(same, 'line')} are the same; what comes after them was not compared.${begins}`;
  if (!difference) return `Both logs say the same, in ${countText(same, 'line')}.${begins}`;
  if (difference.job.line === null)
    return `This run ended after ${countText(same, 'line')} that are the same.${begins}`;
  if (difference.with.line === null)
    return `The other run ended after ${countText(same, 'line')} that are the same.${begins}`;
  return `Line ${numberText(difference.job.line)} is the first that differs.${begins}`;
}

/** The lines around the first difference, of either log. */
export function describeSides({ job, with: earlier, logs: { first_difference: difference } }) {
  if (!difference) return [];
  const sides = [
    { key: 'job', title: 'This run', run: job.run, ...difference.job },
    { key: 'with', title: 'The other run', run: earlier.run, ...difference.with },
  ];
  return sides.map(({ key, title, run, line, lines }) => ({
    key,
    title,
    isOver: line === null,
    rows: lines.map((each) => ({
      line: each.line,
      href: `${address('job', run.id)}#L${each.line}`,
      text: `${each.message}${each.is_cut ? '…' : ''}`,
      lineClass: `compared-line log-level-${each.level}${each.line === line ? ' is-different' : ''}`,
      current: each.line === line ? 'true' : null,
    })),
  }));
}

/** The runs that may be chosen, newest first. */
export function describeChoices(runs, chosen, now) {
  return runs.map((run) => ({
    id: run.id,
    isChosen: run.id === chosen,
    text: `${momentText(run.started_at ?? run.created_at, now)} · ${capitalised(run.status)}`,
  }));
}
