// The server's histogram as numbers to draw and as words. Pure: no page, no chart.
import { countText, numberText } from '../lib/words.mjs';
import { momentWords } from './moments.mjs';

/** What a bar is made of, from the bottom up. What is rare is at the bottom, where it is seen. */
export const PARTS = [
  { name: 'error', levels: ['error', 'fatal'], colour: '--quaero-bad' },
  { name: 'warn', levels: ['warn'], colour: '--quaero-warn' },
  { name: 'info', levels: ['info'], colour: '--quaero-accent' },
  { name: 'debug', levels: ['debug'], colour: '--quaero-line-strong' },
];

const sum = (counts, levels) => levels.reduce((total, level) => total + (counts[level] ?? 0), 0);

export function totalOf({ counts }) {
  return PARTS.reduce((total, { levels }) => total + sum(counts, levels), 0);
}

/** Columns for uPlot: the seconds at which buckets begin, then each part with all parts below it, the highest first. */
export function columnsOf(buckets) {
  const heights = buckets.map(({ counts }) => {
    let height = 0;
    return PARTS.map(({ levels }) => {
      height += sum(counts, levels);
      return height;
    });
  });
  const parts = PARTS.map((_, place) => heights.map((each) => each[place]));
  return [buckets.map(({ start }) => Date.parse(start) / 1000), ...parts.reverse()];
}

/** The number of the bucket that holds this moment (in seconds), the first or last for one outside. */
export function bucketAt(picture, seconds) {
  const first = Date.parse(picture.from) / 1000;
  const number = Math.floor((seconds - first) / picture.bucket_s);
  return Math.min(Math.max(number, 0), picture.buckets.length - 1);
}

/** The filters `from` and `to` of these buckets, whichever of the two comes first. Both ends of a filter are included,
 *  and the server's times have microseconds. */
export function rangeOf(picture, one, other) {
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  const { buckets } = picture;
  const end = Date.parse(buckets[last + 1]?.start ?? picture.to);
  return { from: buckets[first].start, to: new Date(end - 1).toISOString().replace('Z', '999Z') };
}

/** `12:00:30 to 12:01:00: 12 lines, 1 error`. `one` and `other` are numbers of buckets; `now` in milliseconds. */
export function rangeWords(picture, one, other, { zone, now }) {
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  const chosen = picture.buckets.slice(first, last + 1);
  const total = chosen.reduce((lines, bucket) => lines + totalOf(bucket), 0);
  const errors = chosen.reduce((lines, { counts }) => lines + sum(counts, PARTS[0].levels), 0);
  const warnings = chosen.reduce((lines, { counts }) => lines + sum(counts, PARTS[1].levels), 0);
  const counts = [
    `${picture.is_sampled ? 'about ' : ''}${countText(total, 'line')}`,
    errors && countText(errors, 'error'),
    warnings && countText(warnings, 'warning'),
  ];
  const end = picture.buckets[last + 1]?.start ?? picture.to;
  const start = picture.buckets[first].start;
  const words = (moment) => momentWords(moment, picture.bucket_s * 1000, zone, now);
  const zoneName = zone === 'UTC' ? ' UTC' : '';
  return `${words(start)} to ${words(end)}${zoneName}: ${counts.filter(Boolean).join(', ')}`;
}

/** All of it in a sentence, for those who do not see it too. */
export function pictureWords(picture, shown) {
  if (!picture.buckets.length) return 'There are no lines.';
  if (!picture.is_complete) return `${numberText(picture.total)} lines so far, counting…`;
  const outside = picture.outside ? `, and ${numberText(picture.outside)} at other times` : '';
  return rangeWords(picture, 0, picture.buckets.length - 1, shown) + outside;
}
