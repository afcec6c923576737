// The histogram as a chart: bars by level, a stretch of time chosen by the pointer or by keys.
import { element } from '../log/rows/text.mjs';
import { PARTS, bucketAt, columnsOf, rangeOf, rangeWords } from './histogram-data.mjs';
import { axisText } from './moments.mjs';

const HEIGHT = 96;
const LEAST_BAR = 3; // pixels of a bucket with errors, however many other lines it has
const MOVES = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

export class HistogramChart {
  /** `host` takes the chart. `onZoom({from, to})`, `onUnzoom()`, `onPoint(words)`: what the reader points at, or ''. */
  constructor(host, uPlot, callbacks) {
    Object.assign(this, { _host: host, _uPlot: uPlot, _on: callbacks });
    this._picture = null;
    this._zone = 'local';
    this._chart = null;
    this._at = null; // the bucket that keys have reached,
    this._from = null; // and the one at which a stretch begins
    this._keys = (event) => this._press(event);
    host.addEventListener('keydown', this._keys);
    this._sizes = new ResizeObserver(() => this._fit());
    this._sizes.observe(host);
    this._themes = new MutationObserver(() => this._draw());
    this._themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    this._dark = matchMedia('(prefers-color-scheme: dark)');
    this._darkened = () => this._draw();
    this._dark.addEventListener('change', this._darkened);
  }

  get buckets() {
    return Math.min(120, Math.max(20, Math.round(this._host.clientWidth / 10)));
  }

  show(picture, zone) {
    const isSameWidth = this._picture?.bucket_s === picture.bucket_s && this._zone === zone;
    if (!isSameWidth) this._forgetKeys();
    this._picture = picture;
    this._zone = zone;
    if (!picture.buckets.length) this._clear();
    else if (this._chart && isSameWidth) this._chart.setData(columnsOf(picture.buckets));
    else this._draw();
    this._say();
  }

  destroy() {
    this._host.removeEventListener('keydown', this._keys);
    this._sizes.disconnect();
    this._themes.disconnect();
    this._dark.removeEventListener('change', this._darkened);
    this._clear();
  }

  _clear() {
    this._chart?.destroy();
    this._chart = null;
  }

  _fit() {
    const width = this._host.clientWidth;
    if (width && this._chart) this._chart.setSize({ width, height: HEIGHT });
    else if (width && this._picture) this._draw();
  }

  /** Anew, in the colours of the theme. */
  _draw() {
    this._clear();
    const width = this._host.clientWidth;
    if (!width || !this._picture?.buckets.length) return;
    const columns = columnsOf(this._picture.buckets);
    this._chart = new this._uPlot(this._options(width), columns, this._host);
  }

  _options(width) {
    const bars = this._uPlot.paths.bars({ size: [0.92, 60], align: 1 });
    const colours = coloursOf(this._host, [
      ...PARTS.map(({ colour }) => colour),
      '--quaero-ink-quiet',
      '--quaero-line',
    ]);
    const [ink, line] = colours.splice(PARTS.length);
    const axis = { stroke: ink, font: '11px system-ui, sans-serif', ticks: { show: false } };
    return {
      width,
      height: HEIGHT,
      padding: [4, 8, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => this._dateOf(seconds),
      scales: { x: { time: true, range: () => this._span() }, y: { range: (_, __, most) => [0, Math.max(1, most)] } },
      axes: [
        { ...axis, size: 22, grid: { show: false }, values: (_, splits, __, ___, apart) => this._times(splits, apart) },
        {
          ...axis,
          size: 52,
          space: 26,
          grid: { stroke: line, width: 1 },
          values: (_, splits) => splits.map(shortText),
        },
      ],
      series: [{}, ...colours.reverse().map((fill) => ({ fill, width: 0, paths: bars, points: { show: false } }))],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        bind: { dblclick: () => () => this._on.onUnzoom() },
      },
      hooks: {
        draw: [(chart) => this._markErrors(chart, colours.at(-1))],
        setCursor: [(chart) => this._point(chart)],
        setSelect: [(chart) => this._choose(chart)],
      },
    };
  }

  _span() {
    return [Date.parse(this._picture.from) / 1000, Date.parse(this._picture.to) / 1000];
  }

  /** Marks are at round times of the zone. */
  _dateOf(seconds) {
    const time = new Date(seconds * 1000);
    return this._zone === 'UTC' ? this._uPlot.tzDate(time, 'Etc/UTC') : time;
  }

  _times(splits, apart) {
    return splits.map((seconds) => axisText(seconds, apart, this._zone));
  }

  _words(one, other = one) {
    return rangeWords(this._picture, one, other, { zone: this._zone, now: Date.now() });
  }

  /** A few errors among thousands of lines would be lower than a pixel. */
  _markErrors(chart, colour) {
    const { ctx, bbox } = chart;
    const least = LEAST_BAR * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colour;
    const [starts, errors] = [chart.data[0], chart.data.at(-1)];
    for (let place = 0; place < starts.length; place += 1) {
      if (!errors[place]) continue;
      const left = chart.valToPos(starts[place], 'x', true);
      const right = chart.valToPos(starts[place] + this._picture.bucket_s, 'x', true);
      ctx.fillRect(left, bbox.top + bbox.height - least, Math.max(2, (right - left) * 0.92), least);
    }
    ctx.restore();
  }

  _point({ cursor, posToVal }) {
    const isInside = cursor.left >= 0 && this._picture;
    this._on.onPoint(isInside ? this._words(bucketAt(this._picture, posToVal(cursor.left, 'x'))) : '');
  }

  _choose(chart) {
    const { left, width } = chart.select;
    if (width < 3 || this._isMarking) return;
    const [one, other] = [left, left + width].map((place) => bucketAt(this._picture, chart.posToVal(place, 'x')));
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this._on.onZoom(rangeOf(this._picture, one, other));
  }

  _press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this._picture?.buckets.length) return;
    if (event.key in MOVES) this._move(MOVES[event.key], event.shiftKey);
    else if (event.key === 'Enter' && this._at !== null) this._zoom();
    else if (event.key === 'Escape') this._on.onUnzoom();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page has other uses for these keys
  }

  _move(by, isStretch) {
    const last = this._picture.buckets.length - 1;
    const from = this._at ?? (by < 0 ? last + 1 : -1); // the first key comes in from outside
    const to = Math.min(Math.max(from + by, 0), last);
    if (!isStretch) this._from = to;
    this._from ??= this._at ?? to;
    this._at = to;
    this._mark();
    this._say();
  }

  _zoom() {
    const range = rangeOf(this._picture, this._from ?? this._at, this._at);
    this._forgetKeys();
    this._on.onZoom(range);
  }

  _forgetKeys() {
    this._at = null;
    this._from = null;
  }

  /** Shows the stretch that keys have chosen as the pointer's would be shown. */
  _mark() {
    const chart = this._chart;
    if (!chart) return;
    const [first, last] = [Math.min(this._from, this._at), Math.max(this._from, this._at)];
    const start = Date.parse(this._picture.buckets[first].start) / 1000;
    const left = chart.valToPos(start, 'x');
    const right = chart.valToPos(start + (last - first + 1) * this._picture.bucket_s, 'x');
    this._isMarking = true;
    chart.setSelect({ left, width: right - left, top: 0, height: chart.over.clientHeight });
    this._isMarking = false;
  }

  /** The chart is a slider over its buckets for those who do not see it. */
  _say() {
    const { _host: host, _at: at } = this;
    const last = Math.max(0, this._picture.buckets.length - 1);
    host.setAttribute('aria-valuemin', '0');
    host.setAttribute('aria-valuemax', String(last));
    host.setAttribute('aria-valuenow', String(at ?? last));
    const words = this._picture.buckets.length ? this._words(this._from ?? at ?? 0, at ?? last) : 'empty';
    host.setAttribute('aria-valuetext', words);
    if (at !== null) this._on.onPoint(words);
  }
}

const shortText = (number) =>
  Number.isInteger(number) ? number.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 }) : '';

/** A canvas knows no custom properties: what they are in the theme that holds is read off an element. */
function coloursOf(host, names) {
  const probe = host.appendChild(element('span'));
  const colours = names.map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return colours;
}
