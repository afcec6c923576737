// The log of one job, with nothing but the library: one-job.html?job=ID, and &api=/ops/api where the API is not at /api
const { streamJob, formatTimestamp, levelClass } = globalThis.QuaeroLogs;
const MOST_ROWS = 2000;

const log = document.querySelector('.log');
const level = document.querySelector('[name=level]');
const say = (name, text) => {
  document.querySelector(`[data-${name}]`).textContent = text;
};
const asked = new URLSearchParams(location.search);
const stream = streamJob(asked.get('job') ?? '', {
  api: asked.get('api') ?? undefined,
  filters: { level: level.value },
  limit: 200,
  maxBufferSize: MOST_ROWS,
});

stream.onLogs = (entries) => {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
  log.append(...entries.map(row));
  if (isAtEnd) {
    while (log.childElementCount > MOST_ROWS) log.firstElementChild.remove();
    log.scrollTop = log.scrollHeight;
  }
  say('counts', `${stream.displayedCount ?? '…'} of ${stream.totalCount} lines`);
};
stream.onReset = () => log.replaceChildren();
stream.onStatus = (status) => {
  say('name', status.job.name);
  say('status', stream.status);
  const steps = stream.steps.map((step) => element('li', '', `${step.name}: ${step.status}`));
  document.querySelector('[data-steps]').replaceChildren(...steps);
};
stream.onDone = () => say('status', stream.status);
stream.onState = (state, reason) => say('state', reason ? `${state}: ${reason}` : state);

level.addEventListener('change', () => stream.connect({ level: level.value }));

/** What was logged is text of strangers: it comes into the page as text and as nothing else. */
function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function row(entry) {
  const made = element('div', `log-row ${levelClass(entry.level)}`, '');
  made.append(
    element('span', 'log-line', `${entry.line} `),
    element('span', 'log-time', formatTimestamp(entry.timestamp)),
    ' ',
    element('span', 'log-level', entry.level),
    ' ',
    element('span', 'log-message', entry.message),
  );
  return made;
}
