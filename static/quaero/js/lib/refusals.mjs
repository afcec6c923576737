// What a refusal means to the person before the page. The API's own words are for programs.
import { address } from './addresses.mjs';
import { capitalised } from './words.mjs';

const GROUPS = {
  'quaero_jobs.view_job': 'Quaero viewers',
  'quaero_jobs.operate_job': 'Quaero operators',
  'quaero_jobs.run_program': 'Quaero runners',
};

const BY_CODE = {
  csrf_failed: () => 'This page is out of date: load it again',
  deleted: () => 'This job was deleted',
  no_such_job: () => 'This job is not there any more',
  permission_missing: ({ detail }) => forbidden(GROUPS[detail?.permission]),
  too_many_streams: () => 'The server has no room for another live view',
  closing: () => 'The server is stopping',
};
const BY_STATUS = {
  0: () => (globalThis.navigator?.onLine === false ? 'This device is offline' : 'The server cannot be reached'),
  401: () => 'You are signed out',
  403: () => forbidden(),
  404: () => 'This is not there any more',
  429: () => 'Too many requests at once',
  503: () => 'The server is busy',
};

function forbidden(group) {
  const way = group ? `put you into the group ${group}` : 'give you the right';
  return `You may not do this. An administrator can ${way}`;
}

/** In words, without a full stop. What the API says of a value that it refuses is for the reader who typed it, and stays. */
export function refusalText(error) {
  const words = BY_CODE[error.code] ?? BY_STATUS[error.status];
  if (words) return words(error);
  if (error.status >= 500) return 'Something went wrong on the server';
  return capitalised(error.message);
}

/** Why a connection stands as it does, and when it is tried again. `now` in milliseconds. */
export function reasonText({ reason, error, retryAt = 0 }, now) {
  const why = error && reason === error.message ? refusalText(error) : reason;
  const wait = Math.ceil((retryAt - now) / 1000);
  return wait > 0 && why ? `${why}, trying again in ${wait} s` : why;
}

/** Where to sign in and come back from to what is shown now, filters and all. */
export function signInAddress({ pathname, search, hash } = globalThis.location) {
  return `${address('sign_in')}?next=${encodeURIComponent(pathname + search + hash)}`;
}

/** How a connection stands, as a message may carry it: of an error what its words need. */
export function standingOf({ state, reason, error, retryAt }) {
  const { status = 0, code = '', message = '', detail = {} } = error ?? {};
  return { state, reason, retryAt, status, error: error && { status, code, message, detail } };
}

/** Ticks each second while a moment is awaited. */
export class Countdown {
  constructor(onTick) {
    Object.assign(this, { _onTick: onTick, _timer: null, _until: 0 });
  }

  until(moment) {
    this._until = moment;
    this._tick();
  }

  stop() {
    clearTimeout(this._timer);
  }

  _tick() {
    clearTimeout(this._timer);
    this._onTick(Date.now());
    if (Date.now() < this._until) this._timer = setTimeout(() => this._tick(), 1000);
  }
}
