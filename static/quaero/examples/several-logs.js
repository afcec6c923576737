// Several logs side by side, with rows as Quaero draws them: several-logs.html?job=ID&job=ID, and &api=/ops/api where
// the API is not at /api.
//
// A browser has six connections to a host on HTTP/1.1, for all its tabs together: four logs are what a page may have.
import { EntryStore } from '../js/log/window/entry-store.mjs';
import { LogViewport } from '../js/log/window/viewport.mjs';
import { streamJob, streamService } from '../js/log-stream.mjs';

const HOLDS_NOTHING = { maxBufferSize: 0 }; // the store does
const asked = new URLSearchParams(location.search);
const api = asked.get('api') ?? undefined;
for (const job of asked.getAll('job')) show(job, streamJob(job, { api, ...HOLDS_NOTHING }), { showsJob: false });
show('Service', streamService({ api, ...HOLDS_NOTHING }), { showsJob: true });

/** One viewer: a title, how the connection stands, and the log. */
function show(title, stream, { showsJob }) {
  const viewer = element('section', 'viewer');
  const heading = viewer.appendChild(element('h2', '', title));
  const state = viewer.appendChild(element('p', 'state'));
  const frame = viewer.appendChild(element('div', 'log-frame'));
  const log = frame.appendChild(element('div', 'log'));
  const jump = frame.appendChild(element('button', 'log-jump', 'Jump to the end'));
  jump.hidden = true;
  viewer.setAttribute('aria-label', title);
  log.tabIndex = 0;
  document.querySelector('main').append(viewer);

  const store = new EntryStore({
    readPage: (page) => stream.readPage(page),
    findPlace: (wanted) => stream.findPlace(wanted),
  });
  const viewport = new LogViewport(log, log.appendChild(element('div', 'log-lines')), store, {
    view: () => ({ showsJob }),
    onFollow: (isFollowing) => {
      jump.hidden = isFollowing;
    },
    onRender() {},
  });
  jump.addEventListener('click', () => viewport.jumpToEnd());
  stream.onLogs = (entries, meta) => store.append(entries, { matching: meta.displayed_count, hasOlder: meta.has_more });
  stream.onReset = () => {
    store.clear();
    viewport.jumpToEnd();
  };
  stream.onStatus = ({ job }) => {
    if (job) heading.textContent = `${job.name}: ${job.status}`;
  };
  stream.onDone = ({ status }) => {
    state.textContent = `Ended: ${status}`;
  };
  stream.onState = (now, reason) => {
    state.textContent = reason ? `${now}: ${reason}` : now;
  };
}

function element(name, className = '', text = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
