// Requests that change something.
import { jsonText } from './exact-json.mjs';
import { HttpError } from '../log-stream.mjs';

const CSRF_COOKIE = /(?:^|;\s*)csrftoken=([^;]*)/;

/** What the API refused: its `status`, `code` and `detail`. */
export class Refusal extends HttpError {
  constructor(status, { error, code, detail } = {}) {
    super(status, error ?? `The server answered ${status}`, { code, detail });
  }
}

// Of the cookie, which another tab may have renewed; of a form of the page where a project keeps the cookie from scripts.
function csrfToken() {
  const kept = document.cookie.match(CSRF_COOKIE)?.[1];
  return kept ? decodeURIComponent(kept) : (document.querySelector?.('[name=csrfmiddlewaretoken]')?.value ?? '');
}

/** Sends JSON and gives the JSON of the answer. Throws Refusal; with status 0 when nothing that is ours answers. */
export async function send(method, url, body) {
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response = null;
  let answer = null;
  try {
    response = await fetch(url, { method, headers, body: body === undefined ? body : jsonText(body) });
    answer = await response.json();
  } catch {
    throw new Refusal(response?.status ?? 0, { error: response ? undefined : 'The server cannot be reached' });
  }
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}
